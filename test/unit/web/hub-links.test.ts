import { describe, expect, it } from '@jest/globals';
import { pathOfHubUrl } from '../../../web/src/components/markdown/hub-links.js';

describe('pathOfHubUrl', () => {
  it.each([
    ['https://huggingface.co/acme/model', '/acme/model'],
    ['https://hf.co/datasets/acme/rows/blob/main/a.csv#L3', '/datasets/acme/rows/blob/main/a.csv#L3'],
    [
      'http://www.huggingface.co/acme/model/resolve/main/a%20b.png?download=true',
      '/acme/model/resolve/main/a%20b.png?download=true',
    ],
    ['https://huggingface.co/models?search=bert', '/models?search=bert'],
    ['https://huggingface.co/acme', '/acme'],
    ['https://huggingface.co/', undefined],
    ['https://huggingface.co/docs/hub', undefined],
    ['https://huggingface.co/papers/2106.09685', undefined],
    ['https://discuss.huggingface.co/t/1', undefined],
    ['https://huggingface.co.evil.example/acme/model', undefined],
    ['https://huggingface.co:8443/acme/model', undefined],
    ['ftp://huggingface.co/acme/model', undefined],
    ['https://example.org/acme/model', undefined],
  ])('%s leads to %s', (url, path) => expect(pathOfHubUrl(new URL(url))).toBe(path));
});
