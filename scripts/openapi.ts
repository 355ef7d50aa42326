import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openApiText } from './lib/openapi';

/** `npm run openapi`: writes docs/openapi.json. A test says when it is stale. */
const file = path.resolve(__dirname, '..', 'docs', 'openapi.json');
writeFileSync(file, openApiText());
console.log(`wrote ${path.relative(process.cwd(), file)}`);
