export default globalThis.JSZip
