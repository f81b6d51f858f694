// The page's terminal without a page: one JSON request a line in, one JSON answer a line out.
// Request: {cols, rows, scrollback, events: [["data", base64] | ["size", cols, rows] | ["state"]]}; answer: the states.
const { Terminal } = require("@xterm/headless");
// addon-unicode-graphemes 0.4.0 reads its table from a pooled Buffer under Node and gets all astral characters
// wrong; without a Buffer it takes the way it takes in browsers.
const nodeBuffer = globalThis.Buffer;
globalThis.Buffer = undefined;
const { UnicodeGraphemesAddon } = require("@xterm/addon-unicode-graphemes");
globalThis.Buffer = nodeBuffer;

function colour(cell, isDefault, isRgb, value) {
  return isDefault ? "" : isRgb ? "#" + value.toString(16).padStart(6, "0") : "p" + value;
}

function look(cell) {
  const flags = ["Bold", "Dim", "Italic", "Underline", "Blink", "Inverse", "Invisible", "Strikethrough", "Overline"];
  const style = flags.filter((flag) => cell["is" + flag]()).map((flag) => flag[0] + flag.length).join("");
  const fg = colour(cell, cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor());
  const bg = colour(cell, cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor());
  return `${fg}/${bg}/${style}`;
}

function looks(line, cols) {
  const runs = [];
  for (let x = 0; x < cols; x++) {
    const cell = line.getCell(x);
    const characters = cell.getChars().trim();
    const entry = `${look(cell)}/${characters ? cell.getWidth() : 1}`;
    const last = runs[runs.length - 1];
    if (last && last[0] === entry) last[1]++;
    else runs.push([entry, 1]);
  }
  return runs.map(([entry, count]) => `${count}x${entry}`).join(" ");
}

function state(terminal, title) {
  const buffer = terminal.buffer.active;
  const lines = [...Array(buffer.length).keys()].map((y) => buffer.getLine(y));
  const text = lines.map((line) => line.translateToString(true).trimEnd());
  return {
    screen: text.slice(buffer.baseY),
    scrollback: text.slice(0, buffer.baseY),
    wraps: lines.map((line) => line.isWrapped),
    looks: lines.map((line) => looks(line, terminal.cols)),
    cursor: [buffer.cursorX, buffer.cursorY],
    buffer: buffer.type,
    modes: terminal.modes,
    title,
  };
}

const write = (terminal, data) => new Promise((resolve) => terminal.write(data, resolve));

async function run({ cols, rows, scrollback, events }) {
  const terminal = new Terminal({ cols, rows, scrollback, allowProposedApi: true });
  terminal.loadAddon(new UnicodeGraphemesAddon());
  let title = "";
  terminal.onTitleChange((text) => (title = text));
  const states = [];
  for (const [kind, first, second] of events) {
    if (kind === "data") await write(terminal, nodeBuffer.from(first, "base64"));
    else if (kind === "size") terminal.resize(first, second);
    else states.push(state(terminal, title));
  }
  terminal.dispose();
  return states;
}

(async () => {
  for await (const line of require("readline").createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await run(JSON.parse(line))) + "\n");
  }
})();
