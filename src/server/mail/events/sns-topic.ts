/** An SNS topic, and what its name says of where its messages are signed. */
export interface SnsTopic {
  readonly arn: string;
  /** The only host that its certificates and confirmations are fetched from. */
  readonly host: string;
}

// Partition, region and account: the region becomes part of a host name, so it is letters, digits and hyphens.
const arnForm = /^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}):\d{12}:[\w-]{1,256}$/;

export function readTopic(arn: string): SnsTopic | undefined {
  const [, partition, region] = arnForm.exec(arn) ?? [];
  if (partition === undefined) return undefined;
  return { arn, host: `sns.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}` };
}

/** Where SNS keeps its certificates. Other paths of that host give answers that anybody can write. */
const certificatePath = /^\/SimpleNotificationService-[0-9a-f]{8,64}\.pem$/;

export function isCertificateUrl(text: string, { host }: SnsTopic): boolean {
  const url = readUrl(text, host);
  return url !== undefined && certificatePath.test(url.pathname) && url.search === "";
}

export function isConfirmationUrl(text: string, { host, arn }: SnsTopic): boolean {
  const query = readUrl(text, host)?.searchParams;
  return query?.get("Action") === "ConfirmSubscription" && query.get("TopicArn") === arn;
}

function readUrl(text: string, host: string): URL | undefined {
  const url = URL.parse(text);
  return url?.href.startsWith(`https://${host}/`) === true && url.hash === "" ? url : undefined;
}
