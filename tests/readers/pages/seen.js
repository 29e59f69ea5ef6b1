// What of a section is seen on the pages of a reader: words and pictures, by where they are drawn.

const SLACK_PX = 1.5 // letters reach a little over their boxes, and boxes lie between pixels
const ROW_PX = 8
const UNSAID = 'script, style, annotation, annotation-xml, [hidden]'

// Everything of a document that can be seen, in order: its words, and pictures and formulas as boxes.
export const things = doc => {
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
                found.push({ word, boxes: [...range.getClientRects()].filter(box => box.width > 0) })
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

// Of all things of a section: its words in order, what is whole on none of the pages it was seen on, what is crossed.
export const judged = (all, windows) => {
    const whole = thing => thing.boxes.length > 0
        && thing.boxes.every(box => windows.some(window => inside(box, window)))
    const words = all.filter(thing => thing.word)
    return {
        words: words.map(thing => thing.word),
        missed: all.filter(thing => !whole(thing)).map(thing => thing.word ?? `<${thing.picture}>`),
        crossed: crossings(words),
    }
}

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
