export {
  complaint,
  explain,
  isRecord,
  more,
  pathOf,
  readYaml,
  type FileKind,
  type YamlFile,
} from './yaml-file.ts';
