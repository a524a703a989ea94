import type { FakeProfiles } from '../support/fake-profiles.js';
import type { FakeRepoSpec } from '../support/fake-repo.js';

const CARD = `---
license: apache-2.0
language: [en, de]
tags: [text-generation, demo]
pipeline_tag: text-generation
library_name: transformers
---
# External model

A model of **another hub**, with a [configuration](config.json) and a figure:

![a figure](figure.png)

| step | loss |
|------|------|
| 1    | 0.9  |
| 2    | 0.4  |

- [x] trained
- [ ] tested

\`\`\`python
from transformers import AutoModel
model = AutoModel.from_pretrained("far-ai/shown")
\`\`\`
`;

/** One gray pixel. */
export const GREY_PIXEL_PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);

/** External repositories with content for the pages. */
export const EXTERNAL_REPOS: readonly FakeRepoSpec[] = [
  {
    id: 'far-ai/shown',
    history: [{ 'README.md': '# First\n' }, { 'README.md': CARD, 'config.json': '{}\n', 'figure.png': GREY_PIXEL_PNG }],
    files: {
      'README.md': CARD,
      'config.json': JSON.stringify({ model_type: 'gpt2', n_layer: 2 }, null, 2),
      'figure.png': GREY_PIXEL_PNG,
    },
  },
];

/** Profiles of their owners. */
export const EXTERNAL_PROFILES: FakeProfiles = {
  organizations: {
    'far-ai': {
      fullname: 'Far AI',
      details: 'We train where it is <b>cold</b>.\n<img src=x onerror="window.intruder=1">',
      members: ['mia', 'noa', 'alice'],
      numModels: 1,
      numDatasets: 0,
      numSpaces: 0,
    },
  },
  users: { mia: { fullname: 'Mia <script>window.intruder=1</script>', isPro: true, orgs: [{ name: 'far-ai' }] } },
};
