#!/usr/bin/env bash
# Registers Reprieve with Microsoft Entra: the API with its roles, the portal that signs people in, and the authentication context
# that proves a second factor. It is safe to run again: it updates what exists. It needs the Azure CLI, openssl and someone who may
# register applications (Application Administrator) and write authentication contexts (Conditional Access Administrator).
#
#   infra/entra.sh <environment> [<URL of the portal>]
#
# It prints the settings for `azd env set`; docs/deploy.md says what comes before and after.
set -euo pipefail

environment=${1:?the name of the environment}
[[ $environment =~ ^[A-Za-z0-9-]+$ ]] || {
  echo "infra/entra.sh: an environment is named with letters, digits and hyphens" >&2
  exit 2
}
portal_url=${2:-}
context=${STEP_UP_CONTEXT:-c1}
graph=https://graph.microsoft.com/v1.0
# The Azure CLI, by which `reprieve` gets its tokens.
azure_cli=04b07795-8ddb-461a-bbee-02f9e1bf7b46
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The id of a role is made from its name, so it stays the same in every run.
id_of() {
  printf 'reprieve:%s:%s' "$environment" "$1" | openssl dgst -sha256 -r |
    sed -E 's/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/\1-\2-4\3-8\4-\5/'
}

# name, who may have it, what it allows
roles() {
  cat <<'TABLE'
Reader|"User","Application"|Reads everything.
Operator|"User","Application"|Protects, backs up, stops with retention, undeletes, resumes, restores.
Contributor|"User","Application"|Everything of Operator, and deletes, changes settings, asks for PINs, pauses and sweeps.
GuardAdmin|"User"|Keeps guards and grants, and nothing else.
Agent|"Application"|A backup agent on premises, for its own servers and items.
Executor|"Application"|An app that destroys what is purged: takes orders, and confirms or refuses them.
TABLE
}

role_json() {
  local separator=''
  while IFS='|' read -r name members description; do
    printf '%s{"id":"%s","value":"%s","displayName":"%s","description":"%s","isEnabled":true,"allowedMemberTypes":[%s]}' \
      "$separator" "$(id_of "role:$name")" "$name" "$name" "$description" "$members"
    separator=,
  done < <(roles)
}

# Azure finds applications by how their names begin, so "Reprieve prod" would find "Reprieve prod-2", too. Only the exact name counts.
application() {
  local name=$1 found
  found=$(az ad app list --display-name "$name" --query "[?displayName=='$name'].id" --output tsv)
  case $(grep -c . <<<"$found") in
  0) az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query id --output tsv ;;
  1) echo "$found" ;;
  *)
    echo "infra/entra.sh: there are several applications called \"$name\"; nothing was changed in them. Remove or rename all but one:" >&2
    echo "$found" >&2
    return 1
    ;;
  esac
}

patch() {
  az rest --method PATCH --url "$1" --headers Content-Type=application/json --body "@$2" --output none
}

principal() {
  az ad sp show --id "$1" --output none 2>/dev/null || az ad sp create --id "$1" --output none
}

api=$(application "Reprieve $environment")
api_id=$(az ad app show --id "$api" --query appId --output tsv)
scope=$(id_of scope:access)

# Tokens of version 2, with the claims of optionalClaims.json: two prove a second factor, and one says that a caller is an app. The local
# identity provider gives out the same claims, from the same file, and no others.
cat >"$work/api.json" <<JSON
{
  "identifierUris": ["api://$api_id"],
  "appRoles": [$(role_json)],
  "api": {
    "requestedAccessTokenVersion": 2,
    "oauth2PermissionScopes": [{
      "id": "$scope", "value": "access", "type": "User", "isEnabled": true,
      "adminConsentDisplayName": "Use Reprieve", "adminConsentDescription": "Use Reprieve as the person who signed in.",
      "userConsentDisplayName": "Use Reprieve", "userConsentDescription": "Use Reprieve as yourself."
    }]
  },
  "optionalClaims": $(cat "$here/optionalClaims.json")
}
JSON
patch "$graph/applications/$api" "$work/api.json"
principal "$api_id"
# People without a role get no token.
printf '{"appRoleAssignmentRequired":true}' >"$work/required.json"
patch "$graph/servicePrincipals(appId='$api_id')" "$work/required.json"

portal=$(application "Reprieve portal $environment")
portal_id=$(az ad app show --id "$portal" --query appId --output tsv)
redirects=''
[ -z "$portal_url" ] || redirects="\"spa\": { \"redirectUris\": [\"$portal_url\"] },"
cat >"$work/portal.json" <<JSON
{
  $redirects
  "requiredResourceAccess": [{ "resourceAppId": "$api_id", "resourceAccess": [{ "id": "$scope", "type": "Scope" }] }]
}
JSON
patch "$graph/applications/$portal" "$work/portal.json"
principal "$portal_id"

# The context alone demands nothing. A Conditional Access policy has to require a second factor for it (docs/deploy.md).
cat >"$work/context.json" <<JSON
{ "displayName": "Reprieve: second factor", "description": "Irreversible operations on backups.", "isAvailable": true }
JSON
patch "$graph/identity/conditionalAccess/authenticationContextClassReferences/$context" "$work/context.json" || {
  # The token of the Azure CLI does not carry every right that its user has.
  echo "The authentication context $context could not be written. By hand: Entra portal, Conditional Access," >&2
  echo "Authentication contexts, one with the id $context, published to apps. All else is done." >&2
}

cat <<SETTINGS
azd env set IDENTITY_AUDIENCE $api_id
azd env set IDENTITY_CLIENTS $portal_id,$azure_cli
azd env set PORTAL_CLIENT_ID $portal_id
azd env set STEP_UP_CONTEXT $context
SETTINGS
