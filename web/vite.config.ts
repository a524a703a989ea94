import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

/** The hub that `npm run web:dev` talks to. */
const HUB = 'http://localhost:8080';
const FOR_THE_HUB = '^/(api|admin/api|docs|docs-json|health|lfs|metrics)([/?]|$)|/(resolve|raw)/|\\.git/';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [vue(), tailwind()],
  // `@rules` and `@language`: decisions and words that the hub and its pages share, such as what a name may be; they import nothing
  resolve: {
    alias: {
      '@language': fileURLToPath(new URL('../src/hub/language', import.meta.url)),
      '@rules': fileURLToPath(new URL('../src/hub/rules', import.meta.url)),
      '@': fileURLToPath(new URL('src', import.meta.url)),
    },
  },
  build: { outDir: '../dist/web', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, sourcemap: false },
  server: { fs: { allow: ['..'] }, proxy: { [FOR_THE_HUB]: { target: HUB, changeOrigin: true } } },
});
