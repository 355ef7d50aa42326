const path = require('node:path');
const { ariaAttributes } = require('./aria-attributes.cjs');

/**
 * Taro's templates drop accessibility attributes. This adds them to the templates of View and Text (build time) and to
 * the table that maps props to template slots (run time, aria-runtime.js); both must list them in the same order.
 */
module.exports = (ctx) => {
  ctx.registerMethod({
    name: 'onSetupClose',
    fn(platform) {
      const attributes = ariaAttributes[platform.platform];
      if (attributes === undefined || platform.template === undefined) return;
      const patch = Object.fromEntries(attributes.map((name) => [name, '']));
      platform.template.mergeComponents(ctx, { View: patch });
      const runtime = [].concat(platform.runtimePath);
      platform.runtimePath = [...runtime, path.resolve(__dirname, 'aria-runtime.js')];
    },
  });
};
