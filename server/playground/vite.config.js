import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the page also works behind a proxy that serves it under a prefix.
  base: './',
  plugins: [react()],
  // Every byte that a page may need is embedded in the binary, so maps and size reports are left out.
  build: { outDir: 'dist', sourcemap: false, reportCompressedSize: false, chunkSizeWarningLimit: 8192 },
});
