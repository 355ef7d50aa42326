/** What a style sheet import means in a unit test: nothing. */
module.exports = new Proxy({}, { get: (_target, name) => (name === '__esModule' ? false : String(name)) });
