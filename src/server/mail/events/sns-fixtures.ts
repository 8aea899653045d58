// Made with OpenSSL 3.0 (`openssl dgst -sha256 -sign`, and -sha1 for version 1) by the order of fields in the Amazon SNS Developer Guide.

/** The certificate of a key that nobody has any more. */
export const snsCertificate = `-----BEGIN CERTIFICATE-----
MIIDGzCCAgOgAwIBAgIUfqR9F0ZdjN0V2fQsbK9DVj/Ejr8wDQYJKoZIhvcNAQEL
BQAwHDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wIBcNMjYxMTI2MDc1NzI2
WhgPMjEyNjExMDIwNzU3MjZaMBwxGjAYBgNVBAMMEXNucy5hbWF6b25hd3MuY29t
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArs7+JsAo5HcaH2a4NM1b
DgXHfQ+VcUQbdyOWioL+QMNCfeLvsbSXFGBrg10PoIn1pNPCV8Lr7rPm/HpM5gb/
TIcb0MXU5P03e3p5BWp13XWntMtkYnOHc14Yqm7NYbBaa+nL1gdYwbUBjL/xTpcV
/w0KwQxt8/7J67l4z8drraBJve80u2lzmWTZSa9Err1FKZ8eJcp5oj7HwLPSYq4l
vf5OXSyfOEwBlmmZJO2VvTjBXCwRsnbUXYIXf69dAkS6pg6gWymnFarSmcZCnC4B
X+6rCMOdelA5/QnU+R5rT58p/wprgSW1EUzaUP48NWrw/RXiGeeVdErpCIgTfSxf
6wIDAQABo1MwUTAdBgNVHQ4EFgQUAdtBCMYbs8k5rDleBgfLqaMW8sEwHwYDVR0j
BBgwFoAUAdtBCMYbs8k5rDleBgfLqaMW8sEwDwYDVR0TAQH/BAUwAwEB/zANBgkq
hkiG9w0BAQsFAAOCAQEAhlmUefXz0vvHiklWcDcK/HFs4eUlUVs9rx2OykVtnmwa
lRuINKpfQM+kG8EGbIUNwO8mhyfqNmXeunhXz4nrYST5GcsJAbvVPJ+kgZQpQ2tB
rRWHKaUNwSzXxrpm1S19FoCEvkpeJOP6f7kR97Nm8Ce8K9RN2ThusKgfcQZKAoIp
gEC+cjbwdKhz0yjI4SPb3Nsr7a1EjnC33b61CcVNESSxDn0aZWOuVoE1NUeV3W+9
bGaDY9UFOm3ZXS1w4GTf74cCUh3MA0segjc+7MeYK2JmOnUQcOnl8QxVmBcYQ2ED
HL15o0dqkon1yOaRh99e5va4rOAUClPIKIA7Oiz9Vw==
-----END CERTIFICATE-----
`;

export const snsMessages = {
  bounce: {
    Type: "Notification",
    MessageId: "m-1",
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:mail-events",
    Message:
      '{"notificationType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "ada@example.org", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}, {"emailAddress": "Bob <bob@example.org>"}]}}',
    Timestamp: "2026-12-01T12:00:00.000Z",
    Subject: "Amazon SES Email Event Notification",
    SignatureVersion: "2",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    Signature:
      "FwKV2d4RN9+ozmTizIB2EvlQxf9xpko20F59rgMlZ2jNGMl+MIH3DIHSv4UaRUhOo3oLDUkYcfA7yJjCanaf1VryV7gfBClAheghXPNCyH4pMXnSHFWW3y5eiqWzKzVk16f56Efq6wO5StSicH9Cy1H3tbhRlo719N5kyyBvNbDDjjsfFw7T1JFwfRY3VX6FEH5qGavno2aVBkaEx+9qKMZkAQBF/9eBJ1D/iBRorrF2he/pYUxuSmeM0KV2yWCbI3BcpjtQ3pkZU0ZAeP/MI4V9lNWXByCuniwfLESGvwbb6v2qD/2UtEY+1y4wUhwoJt1acx/M03bdEsPOpSUcqQ==",
  },
  complaint: {
    Type: "Notification",
    MessageId: "m-2",
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:mail-events",
    Message:
      '{"eventType": "Complaint", "complaint": {"complaintFeedbackType": "abuse", "complainedRecipients": [{"emailAddress": "eve@example.org"}]}}',
    Timestamp: "2026-12-01T12:00:00.000Z",
    SignatureVersion: "1",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    Signature:
      "DJku4G1N+9zYsczgMyN55Me5ljBI4DZtPu/94K5q25ysrfGxGgJM3XfZAIxnO8fGZetE1QObNF9L7gBH7/9Iy1fGwb+7cFBzY3fysnrJYPj89gjZWfvK22JQlgWxq+AMmzYUvZV7RquObhw/E9guHZpLD+GmJLmNGADidpkmYHZnziETlF6i7stkyI8SnWnuzhDeMqyULZfAEkAEM207sYyuiPGcS+2t5xIp3CJX+IVqFHp4kAFGJZiiQ8w/0vcZa69sx0I1/nKoCpyB/50o3sCmtVyyBzUFFPq2qWx0eoIuJtJad6SakHH9KFokNZOawzSer18fLfoP7szFSDoFzg==",
  },
  soft: {
    Type: "Notification",
    MessageId: "m-3",
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:mail-events",
    Message:
      '{"notificationType": "Bounce", "bounce": {"bounceType": "Transient", "bouncedRecipients": [{"emailAddress": "ada@example.org"}]}}',
    Timestamp: "2026-12-01T12:00:00.000Z",
    SignatureVersion: "2",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    Signature:
      "q9XEcz/DU68ovImlDrPWa7EO9BlyunIfl16FlScj/foterBAmEc1fBIN2JQemCexqvqFJCUOiTEuHV2lvKHhB9npqPHtmLL8e53jl4indG/ZplFz19wX4EkG5RO8QCqZ2xnQsK0g3ZB8CsT74YINWnuOHAcUueyv6eb8gxZtKLymt8tpPuRvS4D/eG2wO1eCzU7pvnxafNuAJbIXCXqHEKDEBv5Z0ziZYe81VMdHGB4rUchzBYu71H1DDDZl13McuX+lO3XU9Z5q3UVRaRWgtrYGkGVPegRSAjlOPKWW7Vs8j5KU+6+2+2+Olc94PA0St14mJ0Yd8xHF8hQoxJMmyA==",
  },
  notSpam: {
    Type: "Notification",
    MessageId: "m-4",
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:mail-events",
    Message:
      '{"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam", "complainedRecipients": [{"emailAddress": "eve@example.org"}]}}',
    Timestamp: "2026-12-01T12:00:00.000Z",
    SignatureVersion: "2",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    Signature:
      "AR6UUFObngN0E1byewGLHraj0Ho0BBmcJ7ELRYJPUhOmG/ET7BerzF2+hkHrsv4r4NZ7XmAbJ/oNkb8/mbbJqhX9CET5mFeJWeskoVDUQ8Tsu8si7j1npVRRV02deRSsBB6taSmkxzLoE8lDj9GspZ8gsMNeaUNkpY6kPhgNH0aFgfQGgsHrYsEUW16zd0nvxOIriIr/ROIoaUa/kGbC/k24u1Yo+dTc7MFlxvb4jcYq6dw5djfqLoGL1UnJhyAW8+VSCi4PE6yBEh1R5u4IJ4mfM54K1b/NhocwCvSP/ld+XNhDDrc83vujlBRkm4U9R0DUL230HgTU1dxdHMrP0g==",
  },
  hello: {
    Type: "Notification",
    MessageId: "m-5",
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:mail-events",
    Message: "Successfully validated SNS topic for Amazon SES event publishing.",
    Timestamp: "2026-12-01T12:00:00.000Z",
    SignatureVersion: "1",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    Signature:
      "CqtQjIftamlP1pjRDfVDsuz6TI/LjnNhj67luyx/PJAUqYJtIcG91KbVFq39PXoZvB3eGrCrDs+jT3LBnqXAEVtzG9VxXkfLqdQDLt8BNlRgqF4wq3iNft5uxuYNHANTuftuIJSjhH+I0QZR4jh0k9wDg4jvUFHpXJ32qjHJR3oapPqPQyfwIJVmoza4RjTI90rvTryDNSbbhVxx89MCk5H6BnXlzYVjYPti1pSSUEtWSLPj7hqOCiT3bU0R4teUl6lISJ9qCa6KqEPr1zrFlJlcbl/6TSU/BNvMNnmjUXiZJB6750vx1bG2fzqTZ7l+azcZHvb/pAMP3rd6ZmAopA==",
  },
  otherTopic: {
    Type: "Notification",
    MessageId: "m-6",
    TopicArn: "arn:aws:sns:eu-west-1:999999999999:mail-events",
    Message:
      '{"notificationType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "ada@example.org", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}, {"emailAddress": "Bob <bob@example.org>"}]}}',
    Timestamp: "2026-12-01T12:00:00.000Z",
    SignatureVersion: "2",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    Signature:
      "FAWXoChbIo6DS7/nkrGycu/kvHzRE9GM5ZICJquUnMPKpqMM0iSn9RhZrGclvxpqAqJKCBmlafjB3OpoAa1i+lo/+6/pYC8PHzMNCjucj3YpaW75Tze3SFpb4S3pMZVBCgBpdM01QaJj1JhAXQ1tS9MQEHzYy7FqRwB5RmisZd3HxNLw1Zs0MbyE6r+ojned9PLqqmKG6GqMXnZ13lyLzLnk3H/bHvRxA2Wavrgx+xK3hc2MRiVnDfqsCPiXWwHrKwu4pqEZmNJVydZO+tMp00zoFqwfe62hgnqnu6shzrb4MzdyagaP0NY3A3YAhoL0SOpu4OOwqYu+KABjsq6Z6A==",
  },
  confirmation: {
    Type: "SubscriptionConfirmation",
    MessageId: "m-7",
    Token: "2336412f37fb687f5d51e6e2425dacbbffff",
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:mail-events",
    Message: "You have chosen to subscribe to the topic.",
    SubscribeURL:
      "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:123456789012:mail-events&Token=2336412f37fb687f5d51e6e2425dacbbffff",
    Timestamp: "2026-12-01T12:00:00.000Z",
    SignatureVersion: "2",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    Signature:
      "EWIijTcIWiSZ7pbR1/LX+6XXxb48Fn9sgk1mbB5SUwZCHw1PtI4rbweiT7qUC914S0Z++TtmcJPyfOuHTw/7Qen66RCN4bTeQ1Qz5pxHBE9QEPGKGouZMZR88Jzgpqw6BJSDgcon5uoDDOMSqAg5UrZPxBWlQCxeenfYdlyOF980Eq6q9+EkjYXmhNKpPg3AvVnn6GcSBVlMnW4BOH50cH3Js60sUxKzA9689D3U+MAr8nBXSpLSfeJt/FlHNvGg4wLGf1YBQjjvC5sbppH1Xg9DObNvZyND2pYQyxRGiO2DDwbUK/9iRBwT7BzPZQkENoXlspWbb9c6lERnsxBvqQ==",
  },
  evilConfirmation: {
    Type: "SubscriptionConfirmation",
    MessageId: "m-8",
    Token: "x",
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:mail-events",
    Message: "m",
    SubscribeURL:
      "https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:123456789012:mail-events",
    Timestamp: "2026-12-01T12:00:00.000Z",
    SignatureVersion: "2",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    Signature:
      "U6uPSmYbzg0TW84lQt7tHdde2ifx284P8Rpnas2PH3I8wYbNC895BtCiFp06KdAB1vBC5a4KQ2Nu/xki2CB0TW0w+iRBVwdL2kPQe/KEHDkUwPxMpwekAkbw34iY9PKqpcRzyQpyNZbEJlHq4T/dv+ooTKQeyPLmqmfzXNaq93ONmyWk/TpAxsXyRedVU3YtntmSdwrXJ6HiykBeUbV6nfc7iNYE//2inY9g6XCajYIV/DQIPvM5jHma2EAn9CiIuhC+TmmumrTu4J7R1s2yj9t39UZr0SP1evXoszohWt84RbTBIScZGB5T90kmUS98yiVaAOxSl3GP1mVogrrnwQ==",
  },
} as const;
