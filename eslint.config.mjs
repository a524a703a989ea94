import tseslint from 'typescript-eslint';
import redos from 'eslint-plugin-redos';
import regexp from 'eslint-plugin-regexp';
import tsdoc from 'eslint-plugin-tsdoc';
import vue from 'eslint-plugin-vue';

// More parameters than a reader keeps apart; an object names them. Constructors of injected classes and route handlers are called by Nest only.
const MAX_PARAMETERS = 4;
const TOO_MANY = `[params.length>${MAX_PARAMETERS}]`;
const maxParameters = {
  selector: [
    `FunctionDeclaration${TOO_MANY}`,
    `ArrowFunctionExpression${TOO_MANY}`,
    `MethodDefinition[kind!='constructor'][decorators.length=0] > FunctionExpression${TOO_MANY}`,
    `ClassDeclaration[decorators.length=0] MethodDefinition[kind='constructor'] > FunctionExpression${TOO_MANY}`,
  ].join(', '),
  message: `A function has at most ${MAX_PARAMETERS} parameters: pass an object.`,
};

const spreadOfLiteral = {
  selector: ':matches(SpreadElement > ObjectExpression, SpreadElement > ArrayExpression)',
  message: 'Write the properties or elements out instead of spreading a literal.',
};

const configuredAddress = {
  selector: ["MemberExpression[property.name='baseUrls']", "ObjectPattern > Property[key.name='baseUrls']"].join(', '),
  message: 'URLs of the hub depend on the request: use `request.urls`, a UrlBuilder (docs/adr/0018).',
};

const constructedExpression = {
  selector: ':matches(NewExpression, CallExpression)[callee.name="RegExp"]',
  message: 'Write a regular expression as a literal, so that its worst case is checked.',
};

const routeDecorators = {
  paths: [
    {
      name: '@nestjs/common',
      importNames: ['All', 'Delete', 'Get', 'Head', 'Options', 'Patch', 'Post', 'Put', 'Search'],
      message: 'Add a row to the table of routes and bind it with Route (src/platform/http/routes).',
    },
  ],
};

const controllerPath = {
  selector: 'Decorator > CallExpression[callee.name="Controller"][arguments.length>0]',
  message: 'The table of routes has the paths (src/platform/http/routes).',
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'data/', '.venvs/', 'web/src/api/schema.d.ts'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    ignores: ['web/**'],
    languageOptions: { parserOptions: { project: './test/tsconfig.json' } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files: ['web/**/*.vue'] })),
  {
    files: ['web/**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['warn', { html: { void: 'always' } }],
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/require-default-prop': 'off',
      // The one place that puts HTML into a page cleans it first.
      'vue/no-v-html': 'error',
      'no-undef': 'off', // the types know better
    },
  },
  {
    files: ['test/**', 'bench/**', 'tools/**'],
    rules: { 'no-restricted-syntax': ['error', spreadOfLiteral] },
  },
  {
    files: ['src/**/*.ts', 'web/src/**/*.ts'],
    rules: {
      'max-lines': ['error', 200],
      'max-lines-per-function': ['error', { max: 40, skipComments: true }],
      'no-restricted-syntax': ['error', maxParameters, spreadOfLiteral, constructedExpression],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'URL', property: 'canParse', message: 'Use parseUrl: Node.js 20 rejects Latin-1 characters here.' },
      ],
    },
  },
  {
    // Input of any length reaches most expressions: one that backtracks would block the hub or a page for seconds.
    files: ['src/**/*.ts', 'web/src/**/*.{ts,vue}'],
    plugins: { redos, regexp },
    rules: {
      'redos/no-vulnerable': ['error', { timeout: 5000 }],
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': ['error', { report: 'certain' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/app/**', 'src/platform/config/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        maxParameters,
        spreadOfLiteral,
        constructedExpression,
        configuredAddress,
        controllerPath,
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/http/route.decorator.ts'],
    rules: { 'no-restricted-imports': ['error', routeDecorators] },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { tsdoc },
    rules: { 'tsdoc/syntax': 'error' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/config/**', 'src/main.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'only platform/config reads the environment' },
      ],
    },
  },
  {
    files: ['src/domain/**/*.ts', 'src/fallback/strategies/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'fetch', 'process', 'setTimeout', 'setInterval'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'rules have no clock: take the time as an argument' },
        { object: 'Math', property: 'random', message: 'rules have no randomness: take it as an argument' },
      ],
    },
  },
);
