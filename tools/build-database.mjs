// Builds dist/database, the image that a new embedded database starts from, with the built program. Part of `npm run build:hub`.
import 'reflect-metadata';

const dist = new URL('../dist/', import.meta.url);
const { buildImage } = await import(new URL('src/platform/database/build-image.js', dist).href);

await buildImage(new URL('database', dist).pathname);
