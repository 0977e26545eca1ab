import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["target/", "www/dist/", "package/dist/", "www/src/engine/pkg/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
);
