{{- define "office.name" -}}
{{- printf "%s" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "office.account" -}}
{{- default (ternary (include "office.name" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "office.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "office.claim" -}}
{{- .Values.persistence.existingClaim | default (printf "%s-var" (include "office.name" .)) -}}
{{- end -}}

{{/* What never changes while an installation lives: selectors may not. */}}
{{- define "office.selector" -}}
app.kubernetes.io/name: ai-office-manager
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "office.labels" -}}
{{ include "office.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* The environment that does not come from a Secret. */}}
{{- define "office.env" -}}
- {name: APP_ENV, value: production}
- {name: DJANGO_SETTINGS_MODULE, value: config.settings.prod}
- {name: VAR_DIR, value: /var/office}
- {name: JWT_KEYS_DIR, value: /keys}
{{- if .Values.live.enabled }}
- {name: LIVE_URL, value: {{ .Values.live.path | quote }}}
{{- end }}
{{- range $name, $value := .Values.config }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end -}}

{{- define "office.lockedDown" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "office.mounts" -}}
- {name: var, mountPath: /var/office}
- {name: metrics, mountPath: /var/office/metrics}
- {name: keys, mountPath: /keys, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- end -}}

{{/* What is the same in each pod; the caller adds its containers and volumes. */}}
{{- define "office.pod" -}}
automountServiceAccountToken: false
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "office.volumes" -}}
volumes:
  - name: var
    persistentVolumeClaim: {claimName: {{ include "office.claim" . }}}
  # Of this pod alone: numbers of processes mean nothing in another one.
  - {name: metrics, emptyDir: {}}
  - {name: tmp, emptyDir: {}}
  - name: keys
    secret: {secretName: {{ .Values.secrets.jwtKeys }}, defaultMode: 0440}
{{- end -}}

{{/* One container of ours: root, name, command, resources. */}}
{{- define "office.container" -}}
name: {{ .name }}
image: {{ include "office.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
command: {{- toYaml .command | nindent 2 }}
env: {{- include "office.env" .root | nindent 2 }}
envFrom:
  - secretRef: {name: {{ .root.Values.secrets.application }}}
resources: {{- toYaml .resources | nindent 2 }}
securityContext: {{- include "office.lockedDown" .root | nindent 2 }}
volumeMounts: {{- include "office.mounts" .root | nindent 2 }}
{{- end -}}

{{/* Probes of a container that answers HTTP: root, port and first. A new pod is asked `first`, whether
     it reaches all that it needs, so that a bad release stops; later only whether it answers, since a
     Redis that is away for all shall not take all pods away as well. */}}
{{- define "office.probes" -}}
startupProbe:
  httpGet:
    path: {{ .first }}
    port: {{ .port }}
    httpHeaders: &headers
      - {name: Host, value: {{ .root.Values.config.BASE_DOMAIN | quote }}}
  periodSeconds: 3
  timeoutSeconds: 5
  failureThreshold: 40
readinessProbe:
  httpGet: {path: /health/live, port: {{ .port }}, httpHeaders: *headers}
  periodSeconds: 5
  timeoutSeconds: 3
livenessProbe:
  httpGet: {path: /health/live, port: {{ .port }}, httpHeaders: *headers}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end -}}

{{- define "office.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "office.selector" . | nindent 8 }}
{{- end -}}
