import type { FakePeople } from '../support/fake-people.js';
import type { FakeRepoSpec } from '../support/fake-repo.js';

const CARD = `---
license: apache-2.0
language: [en, de]
tags: [text-generation, demo]
pipeline_tag: text-generation
library_name: transformers
---
# Far model

A model of **another hub**, with a [configuration](config.json) and a picture:

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

/** One pixel, grey. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);

/** What the far hub holds for people to look at. */
export const SHOWN_REPOS: readonly FakeRepoSpec[] = [
  {
    id: 'far-ai/shown',
    files: {
      'README.md': CARD,
      'config.json': JSON.stringify({ model_type: 'gpt2', n_layer: 2 }, null, 2),
      'figure.png': PIXEL,
    },
  },
];

/** Who is behind them. */
export const SHOWN_PEOPLE: FakePeople = {
  organizations: {
    'far-ai': {
      fullname: 'Far AI',
      details: 'We train where it is <b>cold</b>.\n<img src=x onerror="window.intruder=1">',
      members: ['mia', 'noa'],
      ...{ numModels: 1, numDatasets: 0, numSpaces: 0 },
    },
  },
  users: { mia: { fullname: 'Mia <script>window.intruder=1</script>', isPro: true, orgs: [{ name: 'far-ai' }] } },
};
