// The article demands Trusted Types (its policy is in index.html): no text becomes a script or markup unless a policy lets it pass.
// This one lets workers pass, whose scripts are files of the page's own.

interface TrustedTypePolicyFactory {
  createPolicy(name: "default", rules: { createScriptURL: (url: string) => string | null }): unknown;
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypePolicyFactory };
trustedTypes?.createPolicy("default", {
  createScriptURL: (url) => (new URL(url, location.href).origin === location.origin ? url : null),
});
