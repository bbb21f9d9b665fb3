/** A file that the bundler puts beside the scripts: its URL. */
declare module "*.bin" {
  const url: string;
  export default url;
}
