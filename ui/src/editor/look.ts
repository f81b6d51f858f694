/** How the editor looks: the page's own colours, so that it changes with the theme by itself. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags as t } from '@lezer/highlight';

const SYNTAX = HighlightStyle.define([
  { tag: [t.keyword, t.modifier, t.operatorKeyword, t.controlKeyword, t.definitionKeyword], class: 'syn-keyword' },
  { tag: [t.string, t.special(t.string), t.regexp, t.character], class: 'syn-string' },
  { tag: [t.number, t.bool, t.null, t.atom, t.unit, t.color], class: 'syn-number' },
  { tag: [t.comment, t.meta, t.processingInstruction], class: 'syn-comment' },
  { tag: [t.typeName, t.className, t.namespace, t.tagName], class: 'syn-type' },
  { tag: [t.function(t.variableName), t.function(t.propertyName), t.macroName, t.labelName], class: 'syn-function' },
  { tag: [t.propertyName, t.attributeName, t.definition(t.propertyName)], class: 'syn-property' },
  { tag: [t.heading], class: 'syn-heading' },
  { tag: [t.strong], class: 'syn-strong' },
  { tag: [t.emphasis], class: 'syn-emphasis' },
  { tag: [t.link, t.url], class: 'syn-link' },
  { tag: [t.inserted], class: 'syn-string' },
  { tag: [t.deleted, t.invalid], class: 'syn-invalid' },
]);

const FRAME = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--text)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { padding: '8px 0 40vh', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 14px 0 8px' },
  '.cm-gutters': { backgroundColor: 'transparent', border: '0', color: 'var(--muted)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '36px', padding: '0 4px 0 10px' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 55%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 32%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--accent-soft)',
    outline: '1px solid var(--border-strong)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
  '.cm-searchMatch-selected': { backgroundColor: 'color-mix(in srgb, var(--warn) 45%, transparent)' },
  '.cm-foldPlaceholder': {
    border: '1px solid var(--border-strong)',
    backgroundColor: 'var(--hover)',
    color: 'var(--muted)',
    padding: '0 6px',
  },
  '.cm-panels': { backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--border)' },
  '.cm-specialChar': { color: 'var(--danger-text)' },
});

export const look: Extension = [FRAME, syntaxHighlighting(SYNTAX)];
