import { idOf, isExternal, pagePath, type RepoInfo, type RepoName, type RepoType } from '@/api/repositories';

/** Code to copy. */
export interface Snippet {
  readonly key: string;
  readonly title: string;
  readonly language: string;
  readonly code: string;
}

/** Metadata is untrusted, and users run these snippets: only plain identifiers are inserted. */
const safeIdentifier = (word: string | undefined): string | undefined =>
  /^[a-z0-9-]+$/.test(word ?? '') ? word : undefined;

const MODEL_LOADERS: Readonly<Record<string, (id: string, task: string | undefined) => readonly string[]>> = {
  transformers: (id, task) =>
    task
      ? ['from transformers import pipeline', '', `pipe = pipeline("${task}", model="${id}")`]
      : ['from transformers import AutoModel', '', `model = AutoModel.from_pretrained("${id}")`],
  diffusers: (id) => [
    'from diffusers import DiffusionPipeline',
    '',
    `pipe = DiffusionPipeline.from_pretrained("${id}")`,
  ],
  'sentence-transformers': (id) => [
    'from sentence_transformers import SentenceTransformer',
    '',
    `model = SentenceTransformer("${id}")`,
  ],
  timm: (id) => ['import timm', '', `model = timm.create_model("hf-hub:${id}", pretrained=True)`],
  peft: (id) => ['from peft import AutoPeftModel', '', `model = AutoPeftModel.from_pretrained("${id}")`],
};

const snapshot = (id: string, type: RepoType): readonly string[] => [
  'from huggingface_hub import snapshot_download',
  '',
  `folder = snapshot_download("${id}"${type === 'model' ? '' : `, repo_type="${type}"`})`,
];

function python(type: RepoType, { id, library_name = '', pipeline_tag }: RepoInfo): readonly string[] {
  if (type === 'dataset') return ['from datasets import load_dataset', '', `data = load_dataset("${id}")`];
  const loader =
    type === 'model' && Object.hasOwn(MODEL_LOADERS, library_name) ? MODEL_LOADERS[library_name] : undefined;
  return loader?.(id, safeIdentifier(pipeline_tag)) ?? snapshot(id, type);
}

const git = (type: RepoType, { id }: RepoInfo, hub: string): readonly string[] => [
  'git lfs install',
  `git clone ${hub}${pagePath(type, id)}`,
];

/**
 * Code to download a repository through this hub. `git clone` is offered for local repositories only, as not every source supports it.
 * @param hub base URL of this hub
 */
export function snippetsFor(type: RepoType, info: RepoInfo, hub: string): readonly Snippet[] {
  const kind = type === 'model' ? '' : ` --repo-type ${type}`;
  const login = info.private ? ['hf auth login'] : [];
  const shell = [`export HF_ENDPOINT=${hub}`, ...login, `hf download ${info.id}${kind}`];
  const code = ['import os', '', `os.environ["HF_ENDPOINT"] = "${hub}"`, '', ...python(type, info)];
  return [
    { key: 'cli', title: 'hf CLI', language: 'bash', code: shell.join('\n') },
    { key: 'python', title: 'Python', language: 'python', code: code.join('\n') },
    ...(isExternal(info)
      ? []
      : [{ key: 'git', title: 'git', language: 'bash', code: git(type, info, hub).join('\n') }]),
  ];
}

/** The command that uploads the files of the current folder. */
export const uploadCommand = (repo: RepoName): string =>
  `hf upload ${idOf(repo)} .${repo.type === 'model' ? '' : ` --repo-type ${repo.type}`}`;

/** Code that uploads files. */
export const uploadSnippet = (repo: RepoName, hub: string): Snippet => ({
  key: 'upload',
  title: 'Upload',
  language: 'bash',
  code: [`export HF_ENDPOINT=${hub}`, 'hf auth login', uploadCommand(repo)].join('\n'),
});
