import js from '@eslint/js'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  // What `hookproof init` fills in is no program before, and a vendor's project has a build of its own.
  {
    ignores: [
      'dist/',
      'node_modules/',
      'conformance-report/',
      'test-results/',
      'templates/project/',
      'fixtures/vendor/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // Numbers and dates read better in a template than wrapped in String().
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Playwright fixtures destructure an empty object when they depend on nothing.
      'no-empty-pattern': 'off',
      // `void promise` marks a promise whose failure is handled where it was made.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // `string | 'none'` documents the reserved word beside the names.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'Buffer', 'AbortSignal'].map((name) => [name, 'readonly']),
      ),
    },
  },
)
