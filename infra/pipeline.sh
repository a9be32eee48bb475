#!/usr/bin/env bash
# What .github/workflows/deploy.yml does in Azure: `preview` shows what would change, `deploy` changes it. Both need AZURE_ENV_NAME,
# AZURE_LOCATION and AZURE_SUBSCRIPTION_ID, and someone who is signed in to azd and to the Azure CLI.
#
# A runner begins with an empty azd environment, and whatever is missing there gets its default. So the environment first takes over
# what the last deployment was given, and then what was passed to this one. What was not passed keeps its value.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:?preview or deploy}
environment=${AZURE_ENV_NAME:?the name of the environment}

# The names in main.parameters.json. azd takes secrets from our environment by itself: as arguments they could be read by others.
names() {
  grep -o '\${[A-Z_]*' infra/main.parameters.json | tr -d '${' | grep -v '^AZURE_\|^PIN_PEPPER$\|^EVIDENCE_KEY$\|^DELIVERY_WEBHOOK_KEY$'
}

azd env new "$environment" --location "${AZURE_LOCATION:?}" --subscription "${AZURE_SUBSCRIPTION_ID:?}" --no-prompt
# a line of its own, so that no answer ends the script: defaults over a deployment would be a reset
deployed=$(az group exists --name "rg-reprieve-$environment" --subscription "$AZURE_SUBSCRIPTION_ID")
[ "$deployed" != true ] || azd env refresh "$environment" --no-prompt
passed=()
for name in $(names); do
  [ -z "${!name:-}" ] || passed+=("$name=${!name}")
done
[ ${#passed[@]} -eq 0 ] || azd env set "${passed[@]}"

case $what in
preview)
  azd provision --preview --no-prompt
  ;;
deploy)
  azd provision --no-prompt
  azd deploy --no-prompt
  curl --fail --retry 10 --retry-delay 6 --retry-all-errors "$(azd env get-value SERVICE_API_URI)/health/ready"
  ;;
*)
  echo "infra/pipeline.sh: preview or deploy, not $what" >&2
  exit 2
  ;;
esac
