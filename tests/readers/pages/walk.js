// A book in a reader, as somebody reads it: turned page by page, and by its links. A reader is
//     { title, toc, landmarks, pages, turn(), goTo(address), shown() }: `turn` says whether there was a page to turn to,
//     `shown` is { doc, index, around }: the section, its place in the spine, and the box in which a page of it is seen.

import { firstWord, laidOut, missed, windowOf } from './seen.js'

const TURNS = 20_000

const extent = doc => `${doc.documentElement.scrollWidth} × ${doc.documentElement.scrollHeight}`

// Every page to the end: of each section its words, and what cannot be read of it.
export const read = async reader => {
    const sections = []
    let now
    const leave = () => {
        const { index, windows, layout: { all, ...found } } = now
        sections.push({ index, pages: windows.length, missed: missed(all, windows), ...found })
    }
    const look = () => {
        const { doc, index, around } = reader.shown()
        if (now?.doc !== doc) {
            if (now) leave()
            now = { doc, index, layout: laidOut(doc), windows: [], extent: extent(doc) }
        }
        if (extent(doc) !== now.extent) throw new Error(`section ${index} was ${now.extent}, and is ${extent(doc)}`)
        now.windows.push(windowOf(doc, around))
    }
    look()
    for (let turns = 0; await reader.turn(); turns++) {
        if (turns > TURNS) throw new Error(`no end after ${TURNS} pages`)
        look()
    }
    leave()
    return sections
}

// Where a link leads: the first word there, and whether it is on the page that is then shown.
export const jump = async (reader, address) => {
    await reader.goTo(address)
    const { doc, index, around } = reader.shown()
    const id = decodeURIComponent(address.split('#')[1] ?? '')
    const element = id ? doc.getElementById(id) : doc.body
    return { index, ...element ? firstWord(doc, element, windowOf(doc, around)) : { word: '', seen: false } }
}

export const flat = (items, depth = 1) => (items ?? []).flatMap(item => [
    { label: item.label.trim(), href: item.href, depth }, ...flat(item.subitems, depth + 1),
])
