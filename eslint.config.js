import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Arrows point one way (DESIGN: "The house"): each folder names what it must not import. */
const boundaries = [
  {
    files: ['domain/**'],
    forbidden: ['workflows', 'activities', 'api', 'worker', 'db', 'infra', 'scripts', 'test'],
    packages: ['pg', 'ioredis', 'hono', '@hono/*', '@temporalio/*', 'pino', 'node:*'],
    why: 'domain is pure: it imports zod and nothing else.',
  },
  {
    files: ['workflows/**'],
    forbidden: ['api', 'worker', 'db', 'infra', 'scripts', 'test'],
    packages: [
      'pg',
      'ioredis',
      'hono',
      '@hono/*',
      'pino',
      'node:*',
      '@temporalio/worker',
      '@temporalio/client',
      '@temporalio/activity',
    ],
    why: 'workflows hold control flow only: domain values and types of activities.',
  },
  {
    files: ['db/**'],
    forbidden: ['workflows', 'activities', 'api', 'worker', 'scripts', 'test'],
    packages: ['hono', '@hono/*', '@temporalio/*'],
    why: 'db serves api and activities, never the other way round.',
  },
  {
    files: ['infra/**'],
    forbidden: ['workflows', 'activities', 'api', 'worker', 'db', 'scripts', 'test'],
    packages: ['hono'],
    why: 'infra knows nothing of the product.',
  },
  {
    files: ['activities/**'],
    forbidden: ['api', 'worker', 'scripts', 'test'],
    packages: ['hono', '@hono/*'],
    why: 'activities know domain, db and infra.',
  },
  {
    files: ['api/**'],
    forbidden: ['activities', 'worker', 'scripts', 'test'],
    packages: ['@temporalio/worker', '@temporalio/activity'],
    why: 'the API talks to workflows by their messages, never to activities or the worker.',
  },
  {
    files: ['worker/**'],
    forbidden: ['api', 'scripts', 'test'],
    packages: ['hono', '@hono/*'],
    why: 'the worker has no HTTP surface of the product.',
  },
];

export default defineConfig(
  globalIgnores(['node_modules/', '.slipway/', 'build/', 'coverage/', 'test/histories/']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver': { node: { extensions: ['.ts', '.js'] } },
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'import-x/no-cycle': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only infra/config.ts reads the environment.',
        },
      ],
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
    },
  },
  ...boundaries.map(({ files, forbidden, packages, why }) => ({
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: packages, message: why },
            { regex: `^(\\.\\./)+(${forbidden.join('|')})/`, message: why },
          ],
        },
      ],
    },
  })),
  {
    files: ['workflows/**'],
    rules: {
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: boundaries[1].packages, message: boundaries[1].why },
            {
              regex: `^(\\.\\./)+(${boundaries[1].forbidden.join('|')})/`,
              message: boundaries[1].why,
            },
            {
              regex: '^(\\.\\./)+activities/',
              allowTypeImports: true,
              message: 'Only types of activities may enter the workflow bundle.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**', 'bench/**', 'scripts/**'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'no-console': 'off',
      'no-restricted-properties': 'off',
    },
  },
  { files: ['infra/config.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['eslint.config.js', '*.config.ts'],
    rules: { 'no-restricted-exports': 'off', 'no-restricted-properties': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
);
