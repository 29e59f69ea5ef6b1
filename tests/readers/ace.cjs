// Ace by DAISY for many books: one Chromium that stays. Reads lines `BOOK<tab>FOLDER`, the one for a book, the other for
// its report and no other's; writes a line for each: '' if the report is there, or why not.

'use strict'

const path = require('node:path')
const readline = require('node:readline')
const { createRequire } = require('node:module')

const brought = createRequire(path.resolve('.readers/node_modules/@daisy/ace-cli/lib/index.js'))
const ace = brought('@daisy/ace-core')
const logger = brought('@daisy/ace-logger')
const runner = brought('@daisy/ace-axe-runner-puppeteer')

// Ace starts a Chromium for each book and ends it, and says on stdout what is kept here for answers.
const { launch, close } = runner
let launched
runner.launch = () => launched ??= launch()
runner.close = async () => {}
console.log = console.error

const judge = async line => {
    const [book, outdir] = line.split('\t')
    try {
        await ace(book, { cwd: process.cwd(), outdir, tmpdir: path.join(outdir, 'unpacked'), jobid: '' }, runner)
        return ''
    } catch (failure) {
        return String(failure?.stack ?? failure)
    }
}

const main = async () => {
    logger.initLogger({ silent: true, fileName: 'ace.log' })
    for await (const line of readline.createInterface({ input: process.stdin })) {
        process.stdout.write(JSON.stringify(await judge(line)) + '\n')
    }
    if (launched) await close()
}

main()
