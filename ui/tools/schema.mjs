/** Writes ui/src/api/schema.d.ts, the types of what the server says, of docs/openapi.json. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url);
const TYPES = new URL('../src/api/schema.d.ts', import.meta.url);

const text = await readFile(DOCUMENT, 'utf8');
const digest = createHash('sha256').update(text).digest('hex');
const types = await openapiTS(JSON.parse(text), { defaultNonNullable: false, alphabetize: true });
await writeFile(TYPES, `/** Written by scripts/docs.py; of docs/openapi.json ${digest}. */\n${astToString(types)}`);
