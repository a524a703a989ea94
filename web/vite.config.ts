import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

/** The hub that `npm run web:dev` talks to. */
const HUB = 'http://localhost:8080';
const FOR_THE_HUB =
  '^/(api|admin/api|docs|docs-json|health|lfs|metrics)([/?]|$)|/(resolve|raw)/|/(ask-access|user-access-report)$|\\.git/';

export default defineConfig(({ command }) => ({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // relative, because the hub may be reachable under a path; the hub inserts it into the document
  base: command === 'build' ? './' : '/',
  plugins: [vue(), tailwind()],
  // Code that the hub and its pages share: types and rules such as valid names, and the kinds of sources. It imports no package.
  resolve: {
    alias: {
      '@strategies': fileURLToPath(new URL('../src/fallback/strategies', import.meta.url)),
      '@domain': fileURLToPath(new URL('../src/domain', import.meta.url)),
      '@': fileURLToPath(new URL('src', import.meta.url)),
    },
  },
  // license: writes dist/web/.vite/license.md, the licenses of the packages inside the pages, for tools/write-notices.mjs
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: false,
    license: true,
  },
  server: { fs: { allow: ['..'] }, proxy: { [FOR_THE_HUB]: { target: HUB, changeOrigin: true } } },
}));
