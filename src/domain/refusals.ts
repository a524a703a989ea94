/** Calls of huggingface.co's API that this hub does not have. Clients get the error `NotImplemented` (501) with the message. */
export interface Refusal {
  /** Patterns of Express, without the leading slash. They apply to all methods that no route has. */
  readonly paths: readonly string[];
  /** The reason why it is not available, and an alternative. */
  readonly message: string;
}

const ofRepository = (word: string): string[] => [`api/:types/:namespace/:name/${word}`, `api/:types/:name/${word}`];
const ofDataset = (word: string): string[] => [`api/datasets/:namespace/:name/${word}`, `api/datasets/:name/${word}`];
const ofSpace = (...ends: string[]): string[] => ends.map((end) => `api/spaces/:namespace/:name/${end}`);
const below = (path: string): string => `${path}{/*rest}`;

/** By feature. `docs/client-coverage.md` lists the calls of clients that need them. */
export const REFUSALS = {
  jobs: {
    paths: [below('api/jobs'), below('api/scheduled-jobs')],
    message: 'This hub does not run jobs or sandboxes. Unset HF_ENDPOINT to run them on huggingface.co.',
  },
  collections: {
    paths: [below('api/collections')],
    message:
      'This hub does not have collections. Unset HF_ENDPOINT to use collections of huggingface.co. Lists of this hub can be filtered by author and tag instead.',
  },
  buckets: {
    paths: [below('api/buckets'), 'buckets/:namespace/:name/resolve/*rest', ...ofRepository('batch')],
    message: 'This hub does not have buckets. Store the files in a dataset repository instead.',
  },
  kernels: {
    paths: [below('api/kernels')],
    message: 'This hub does not have kernel repositories. Unset HF_ENDPOINT to use kernels of huggingface.co.',
  },
  papers: {
    paths: [below('api/papers'), below('api/daily_papers'), 'papers/*rest'],
    message: 'This hub does not have pages of papers. Unset HF_ENDPOINT to read them on huggingface.co.',
  },
  posts: {
    paths: [below('api/posts'), below('api/blog')],
    message: 'This hub does not have posts or articles. Unset HF_ENDPOINT to use posts of huggingface.co.',
  },
  notifications: {
    paths: [below('api/notifications'), below('api/settings/notifications'), below('api/settings/watch')],
    message: 'This hub does not send notifications. Compare lastModified of a repository to detect changes.',
  },
  discussions: {
    paths: [...ofRepository(below('discussions'))],
    message: 'This hub does not support pull requests or discussions. Commit to a branch instead.',
  },
  spaceRuntime: {
    paths: ofSpace(
      'runtime',
      'hardware',
      'sleeptime',
      'pause',
      'restart',
      'dev-mode',
      'storage',
      'volumes',
      below('logs'),
      below('metrics'),
      below('events'),
    ),
    message:
      'This hub stores Spaces but does not run them. Download the Space to run it on your machine, or create it on huggingface.co.',
  },
  spaceSecrets: {
    paths: ofSpace('secrets', 'variables'),
    message:
      'This hub stores Spaces but does not run them, so they have no secrets and variables. Set environment variables where you run the Space instead.',
  },
  spaceHardware: {
    paths: ['api/spaces/hardware'],
    message: 'This hub stores Spaces but does not run them, so it has no hardware to choose from.',
  },
  spaceTemplates: {
    paths: ['api/spaces/templates'],
    message: 'This hub does not have templates for Spaces. Create an empty Space and upload your files.',
  },
  semanticSearch: {
    paths: ['api/models/semantic-search', 'api/datasets/semantic-search', 'api/spaces/semantic-search'],
    message:
      'This hub does not have semantic search. Use ?search= of /api/models, /api/datasets or /api/spaces, which finds ids, tags and card metadata.',
  },
  search: {
    paths: ['api/models/search', 'api/datasets/search', 'api/spaces/search', below('api/docs/search')],
    message:
      'This hub does not have this kind of search. Use ?search= of /api/models, /api/datasets or /api/spaces instead.',
  },
  trending: {
    paths: [
      'api/models/trending',
      'api/datasets/trending',
      'api/spaces/trending',
      'api/trending',
      below('api/recent-activity'),
    ],
    message:
      'This hub does not have lists of what is trending. Use ?sort=trendingScore of /api/models, /api/datasets or /api/spaces instead.',
  },
  leaderboards: {
    paths: [...ofDataset('leaderboard'), ...ofRepository(below('eval-results'))],
    message: 'This hub does not have leaderboards. Unset HF_ENDPOINT to read leaderboards of huggingface.co.',
  },
  datasetViewer: {
    paths: [
      ...ofDataset(below('croissant')),
      ...ofDataset(below('parquet')),
      ...ofDataset(below('sql-console')),
      ...ofDataset(below('jwt')),
    ],
    message:
      'This hub does not convert datasets, so it has no viewer API, Parquet copies, Croissant metadata or SQL console. Load the files of the dataset with the datasets library instead.',
  },
  scans: {
    paths: ofRepository('scan'),
    message: 'This hub does not scan files. Scan them before you upload them or after you have downloaded them.',
  },
  resourceGroups: {
    paths: [
      ...ofRepository(below('resource-group')),
      below('api/organizations/:name/resource-groups'),
      below('api/organizations/:name/scim'),
    ],
    message:
      'This hub does not have resource groups or SCIM. The roles of members are set in the settings of the organization.',
  },
  billing: {
    paths: [below('api/settings/billing'), below('api/users/:name/billing'), below('api/organizations/:name/billing')],
    message: 'This hub does not bill its users. GET /api/quota/{namespace} returns what an account stores.',
  },
  inference: {
    paths: [below('api/tasks'), below('api/partners'), below('api/inference-proxy')],
    message:
      'This hub does not run inference. Choose a model by name, and unset HF_ENDPOINT to use the inference providers of huggingface.co.',
  },
  telemetry: {
    paths: [below('api/telemetry')],
    message: 'This hub does not collect telemetry. Set HF_HUB_DISABLE_TELEMETRY=1 so that clients do not send any.',
  },
  xetEdits: {
    paths: ['xet/v2/file-chunk-hashes/:hash'],
    message:
      'This hub does not edit parts of files over Xet. Upload the whole file instead; chunks that it has are not sent again.',
  },
  websiteSignIn: {
    paths: ['.well-known/openid-configuration', below('oauth'), below('api/oauth')],
    message:
      'This hub does not sign users in to other websites. Create an access token under Settings → Access tokens instead.',
  },
} as const satisfies Record<string, Refusal>;

export type RefusalKey = keyof typeof REFUSALS;

/**
 * The refusal of everything below a folder of the API. Routes of repositories (`/api/:types/:namespace/:name/…`) match such paths as well.
 *
 * @param folder - the segment after `/api`, such as `kernels` or `jobs`
 */
export const refusalOfFolder = (folder: string): Refusal | undefined =>
  Object.values<Refusal>(REFUSALS).find(({ paths }) => paths.includes(below(`api/${folder}`)));
