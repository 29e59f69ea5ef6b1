// What of a section is seen on the pages of a reader: words and pictures, by where they are drawn.

const SLACK_PX = 1.5 // letters reach a little over their boxes, and boxes lie between pixels
const ROW_PX = 8
const SHOWN = 40 // characters
const UNSAID = 'script, style, annotation, annotation-xml, [hidden]'

// Everything of a document that can be seen, in order: its words, and pictures and formulas as boxes.
const things = doc => {
    const found = []
    const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
        acceptNode: node => node.nodeType === Node.ELEMENT_NODE && node.matches(UNSAID)
            ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
    })
    const range = doc.createRange()
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.nodeType === Node.TEXT_NODE) {
            for (const { 0: word, index } of node.data.matchAll(/[^\s\u200b\u2060]+/gu)) {
                range.setStart(node, index)
                range.setEnd(node, index + word.length)
                found.push({ word, within: node.parentElement, boxes: [...range.getClientRects()].filter(box => box.width > 0) })
            }
        } else if (node.matches('img, svg, math')) {
            found.push({ picture: node.getAttribute('src') ?? node.localName, boxes: [node.getBoundingClientRect()] })
        }
    }
    return found
}

const inside = (box, window) => box.left >= window.left - SLACK_PX && box.right <= window.right + SLACK_PX
    && box.top >= window.top - SLACK_PX && box.bottom <= window.bottom + SLACK_PX

// The part of a frame's document that a box of the page around it leaves to be seen.
export const windowOf = (doc, around) => {
    const frame = doc.defaultView.frameElement.getBoundingClientRect()
    return {
        left: around.left - frame.left, right: around.right - frame.left,
        top: around.top - frame.top, bottom: around.bottom - frame.top,
    }
}

// Two boxes are one over the other where both lose more than the edges of their letters.
const crossed = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 * SLACK_PX
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > Math.min(a.height, b.height) / 2

// Words that are drawn over others: what is too broad for its column runs into the next.
const crossings = words => {
    const rows = new Map()
    const found = []
    for (const { word, boxes } of words) {
        for (const box of boxes) {
            const row = Math.round(box.top / ROW_PX)
            for (const near of [row - 1, row, row + 1]) {
                for (const other of rows.get(near) ?? []) {
                    if (crossed(box, other.box)) found.push(`${other.word} ${word}`)
                }
            }
            rows.set(row, [...rows.get(row) ?? [], { word, box }])
        }
    }
    return found
}

const BOXES = 'blockquote, div, dl, figure, img, math, ol, p, pre, section, svg, table, ul'

// What reaches out of the block that it stands in: too broad for its column, it is drawn in the next, or nowhere.
const strays = (doc, words) => {
    const known = new Map()
    const blockOf = element => {
        if (element === doc.body) return undefined // whether it is as long as all columns is the reader's affair
        if (!known.has(element)) {
            const inline = getComputedStyle(element).display.startsWith('inline')
            known.set(element, inline ? blockOf(element.parentElement) : [...element.getClientRects()])
        }
        return known.get(element)
    }
    const out = (boxes, within) => boxes.some(box => blockOf(within)?.every(block => !(
        box.left >= block.left - SLACK_PX && box.right <= block.right + SLACK_PX
        && box.bottom >= block.top && box.top <= block.bottom)))
    return [
        ...words.filter(({ boxes, within }) => out(boxes, within)).map(({ word }) => word),
        ...[...doc.body.querySelectorAll(BOXES)]
            .filter(box => !box.parentElement.closest('math, svg') && out([...box.getClientRects()], box.parentElement))
            .map(box => `<${box.localName}> ${box.textContent.trim().slice(0, SHOWN)}${box.getAttribute('src') ?? ''}`),
    ]
}

// All there is in a section, as it is laid out now.
export const laidOut = doc => {
    const all = things(doc)
    const words = all.filter(thing => thing.word)
    return { all, words: words.map(({ word }) => word), crossed: crossings(words), strayed: strays(doc, words) }
}

// What of all is whole on none of the pages that it was seen on.
export const missed = (all, windows) => all
    .filter(({ boxes }) => !boxes.length || boxes.some(box => !windows.some(window => inside(box, window))))
    .map(({ word, picture }) => word ?? `<${picture}>`)

// The first word at or after an element, and whether it is whole in a window.
export const firstWord = (doc, element, window) => {
    const range = doc.createRange()
    const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const after = element.contains(node)
            || element.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING
        const found = after && /\S+/u.exec(node.data)
        if (!found) continue
        range.setStart(node, found.index)
        range.setEnd(node, found.index + found[0].length)
        return { word: found[0], seen: [...range.getClientRects()].some(box => box.width > 0 && inside(box, window)) }
    }
    return { word: '', seen: false }
}
