export {
  complaint,
  explain,
  isRecord,
  more,
  offsetOf,
  pathOf,
  readYaml,
  type FileKind,
  type YamlFile,
} from './yaml-file.ts';
