// What the board says, in the reader's language. The page hands over what each Chinese text is there; it hands nothing over where
// the language is Chinese.
const block = document.getElementById("words");
const WORDS = block ? JSON.parse(block.textContent) : {};

/** A text, with values in its places: `say("还有 {count} 处", { count })`. */
export const say = (text, given = {}) => (WORDS[text] ?? text).replace(/{(\w+)}/g, (whole, name) => given[name] ?? whole);
