// s3rver, with what it leaves out and Minio's client needs: lists in the namespace of S3, their keys URL-encoded when asked for.
const S3rver = require('s3rver');
const he = require('he');

const [directory, bucket] = process.argv.slice(2);
const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: bucket }] });
server.middleware.unshift(async (ctx, next) => {
  await next();
  if (typeof ctx.body !== 'string' || !ctx.body.includes('xmlns="http://doc.s3.amazonaws.com/')) return;
  let xml = ctx.body.replace('http://doc.s3.amazonaws.com/2006-03-01/', 'http://s3.amazonaws.com/doc/2006-03-01/');
  if (ctx.query['encoding-type'] === 'url')
    xml = xml.replace(/<(Key|Prefix)>([^<]*)</g, (_, tag, key) => `<${tag}>${encodeURIComponent(he.decode(key)).replace(/%2F/g, '/').replace(/%20/g, '+')}<`);
  ctx.body = xml;
});
server.run().then(({ address, port }) => console.log(`listening on ${address}:${port}`));
