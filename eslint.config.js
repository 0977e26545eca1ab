import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["target/", "www/dist/", "package/dist/", "www/src/engine/pkg/", "package/*.d.ts", "examples/web/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
);
