import { pagePath, type RepoName, type RepoType, idOf } from '@/api/repositories';

export const TOOLS = [
  { value: 'cli', title: 'hf CLI' },
  { value: 'python', title: 'Python' },
  { value: 'transformers', title: 'transformers' },
  { value: 'datasets', title: 'datasets' },
  { value: 'vllm', title: 'vLLM' },
  { value: 'llamacpp', title: 'llama.cpp' },
  { value: 'ollama', title: 'Ollama' },
  { value: 'transformersjs', title: 'transformers.js' },
  { value: 'git', title: 'git' },
] as const;
export type Tool = (typeof TOOLS)[number]['value'];

export const SHELLS = [
  { value: 'bash', title: 'bash' },
  { value: 'powershell', title: 'PowerShell' },
  { value: 'docker', title: 'Docker' },
  { value: 'kubernetes', title: 'Kubernetes' },
] as const;
export type Shell = (typeof SHELLS)[number]['value'];

const OF_TYPE: Readonly<Record<RepoType, readonly Tool[]>> = {
  model: ['cli', 'python', 'transformers', 'vllm', 'llamacpp', 'ollama', 'transformersjs', 'git'],
  dataset: ['cli', 'python', 'datasets', 'git'],
  space: ['cli', 'python', 'git'],
};

/** Tools that can use a repository; all of them for the examples. */
export const toolsFor = (repo: RepoName | undefined): readonly (typeof TOOLS)[number][] =>
  repo ? TOOLS.filter(({ value }) => OF_TYPE[repo.type].includes(value)) : TOOLS;

/** Public repositories that the lines name if the user has not opened one. */
export const exampleFor = (tool: Tool): RepoName =>
  tool === 'datasets'
    ? { type: 'dataset', namespace: 'stanfordnlp', name: 'imdb' }
    : { type: 'model', namespace: 'openai-community', name: 'gpt2' };

/** Values that the lines contain. */
export interface SetupValues {
  /** Base URL of this hub, as the user reached it. */
  readonly hub: string;
  /** A token that was created for the client. */
  readonly token: string | undefined;
  readonly repo: RepoName;
  /** Whether the lines upload to the repository instead of downloading it. */
  readonly uploads?: boolean;
}

/** Lines to copy. */
export interface SetupLines {
  readonly title: string;
  readonly language: string;
  readonly code: string;
}

/** Tools that read the address from the environment of a shell. The others have it in their code or command. */
const usesEnvironment = (tool: Tool): boolean => !['ollama', 'transformersjs', 'git'].includes(tool);

/** Shells between which a user can choose for a tool. */
export const shellsFor = (tool: Tool): readonly Shell[] =>
  usesEnvironment(tool) ? SHELLS.map(({ value }) => value) : [];

/** The lines that set up a client, in the order in which they are used. */
export function setupLines(tool: Tool, shell: Shell, values: SetupValues): readonly SetupLines[] {
  if (!usesEnvironment(tool)) return [ownAddress(tool, values)];
  if (shell === 'docker') return [{ title: 'Run', language: 'bash', code: dockerRun(tool, values) }];
  if (shell === 'kubernetes') return kubernetes(tool, values);
  const lines = variables(tool, values).map(([name, value]) => environmentLine(shell, name, value));
  const environment = { title: 'Environment', language: shell, code: lines.join('\n') };
  const install = INSTALL[tool];
  return [
    environment,
    ...(install ? [{ title: 'Install', language: 'bash', code: install }] : []),
    { title: 'Use', ...useOf(tool, values) },
  ];
}

const INSTALL: Partial<Record<Tool, string>> = {
  cli: 'pip install -U huggingface_hub',
  python: 'pip install -U huggingface_hub',
  transformers: 'pip install -U transformers',
  datasets: 'pip install -U datasets',
  vllm: 'pip install -U vllm',
};

/** Variables of the environment. llama.cpp has another name for the address. */
const variables = (tool: Tool, { hub, token }: SetupValues): readonly (readonly [name: string, value: string])[] => [
  tool === 'llamacpp' ? ['MODEL_ENDPOINT', `${hub}/`] : ['HF_ENDPOINT', hub],
  ...(token === undefined ? [] : ([['HF_TOKEN', token]] as const)),
];

const environmentLine = (shell: 'bash' | 'powershell', name: string, value: string): string =>
  shell === 'bash' ? `export ${name}=${value}` : `$env:${name} = "${value}"`;

function useOf(tool: Tool, { repo, uploads }: SetupValues): { readonly language: string; readonly code: string } {
  const id = idOf(repo);
  const bash = (code: string) => ({ language: 'bash', code });
  const python = (...lines: string[]) => ({ language: 'python', code: lines.join('\n') });
  switch (tool) {
    case 'python':
      if (uploads)
        return python(
          'from huggingface_hub import upload_folder',
          '',
          `upload_folder(repo_id="${id}", folder_path="."${typeArgument(repo)})`,
        );
      return python(
        'from huggingface_hub import snapshot_download',
        '',
        `folder = snapshot_download("${id}"${typeArgument(repo)})`,
      );
    case 'transformers':
      return python('from transformers import AutoModel', '', `model = AutoModel.from_pretrained("${id}")`);
    case 'datasets':
      return python('from datasets import load_dataset', '', `data = load_dataset("${id}")`);
    case 'vllm':
      return bash(`vllm serve ${id}`);
    case 'llamacpp':
      return bash(`llama-server -hf ${id}`);
    default:
      return bash(uploads ? `hf upload ${id} .${typeOption(repo)}` : `hf download ${id}${typeOption(repo)}`);
  }
}

const typeArgument = ({ type }: RepoName): string => (type === 'model' ? '' : `, repo_type="${type}"`);
const typeOption = ({ type }: RepoName): string => (type === 'model' ? '' : ` --repo-type ${type}`);

/** Tools whose address is part of their code or command. */
function ownAddress(tool: Tool, { hub, token, repo }: SetupValues): SetupLines {
  const id = idOf(repo);
  if (tool === 'ollama') return { title: 'Use', language: 'bash', code: ollama(hub, id) };
  if (tool === 'git')
    return { title: 'Use', language: 'bash', code: `git lfs install\ngit clone ${hub}${pagePath(repo.type, id)}` };
  const lines = [
    "import { env, pipeline } from '@huggingface/transformers';",
    '',
    `env.remoteHost = '${hub}';`,
    ...(token === undefined ? [] : ['// In Node.js, private models are read with the token in HF_TOKEN.']),
    `const model = await pipeline('feature-extraction', '${id}');`,
  ];
  return { title: 'Use', language: 'javascript', code: lines.join('\n') };
}

function ollama(hub: string, id: string): string {
  const { protocol, host, pathname } = new URL(hub);
  if (pathname !== '/') return '# Ollama does not support hubs under a path, such as this one.';
  return `ollama pull ${host}/${id}${protocol === 'http:' ? ' --insecure' : ''}`;
}

const IMAGES: Partial<Record<Tool, string>> = {
  vllm: 'vllm/vllm-openai',
  llamacpp: 'ghcr.io/ggml-org/llama.cpp:server',
};

function dockerRun(tool: Tool, values: SetupValues): string {
  const isLoopback = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(new URL(values.hub).hostname);
  const environment = [
    ...(isLoopback ? ['--network host'] : []), // otherwise, the address would be the container itself
    ...variables(tool, values).map(([name, value]) => `-e ${name}=${value}`),
  ];
  const id = idOf(values.repo);
  const image = IMAGES[tool];
  if (tool === 'vllm') return inLines('docker run --rm --gpus all -p 8000:8000', environment, `${image} --model ${id}`);
  if (tool === 'llamacpp')
    return inLines('docker run --rm -p 8080:8080', environment, `${image} -hf ${id} --host 0.0.0.0`);
  const { language, code } = useOf(tool, values);
  const run = language === 'bash' ? code : `python -c '${code.replaceAll(/\n+/g, '; ')}'`;
  const install = INSTALL[tool]!.replace('-U', '-q');
  const script = `${install} && ${run}`.replaceAll('"', '\\"');
  return inLines('docker run --rm', environment, `python:3.12-slim sh -c "${script}"`);
}

const inLines = (first: string, options: readonly string[], last: string): string =>
  [first, ...options, last].join(' \\\n  ');

/** The environment of a container; the token is in a secret. */
function kubernetes(tool: Tool, values: SetupValues): readonly SetupLines[] {
  const [[name, address]] = variables(tool, values) as [readonly [string, string]];
  const secret = `kubectl create secret generic hub-token --from-literal=token=${values.token ?? 'hf_…'}`;
  const container = [
    ...(IMAGES[tool] ? [`image: ${IMAGES[tool]}`] : []),
    'env:',
    `  - name: ${name}`,
    `    value: ${address}`,
    '  - name: HF_TOKEN',
    '    valueFrom:',
    '      secretKeyRef: { name: hub-token, key: token, optional: true }',
  ];
  return [
    { title: 'Secret', language: 'bash', code: secret },
    { title: 'Container', language: 'yaml', code: container.join('\n') },
  ];
}
