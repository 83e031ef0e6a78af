import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnStage, HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { webhookSecretName } from '../../events/webhook/sender.ts';
import { LambdaFunction } from '../constructs/lambda-function.ts';
import { acknowledge } from '../constructs/permission.ts';
import type { Settings } from '../environments.ts';
import { STREAMS, WEBHOOK_URL_PARAMETER } from '../names.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

/** No address of the caller, who may be a person. */
const ACCESS_LOG = JSON.stringify({
  requestId: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  error: '$context.error.message',
});

/** A door for systems that push: signed calls over HTTPS become events in the streams. */
export class WebhookStack extends Stack {
  constructor(scope: Construct, id: string, props: TributaryStackProps) {
    super(scope, id, stackProps(props, 'webhook of other systems'));
    const { settings, names } = props;
    for (const { name } of settings.webhooks.senders) this.secret(name, settings);
    const webhook = new LambdaFunction(this, 'Webhook', {
      settings,
      name: 'webhook',
      description: 'Checks the signature of a call and puts its records into their stream',
      memoryMiB: 512,
      timeout: Duration.seconds(29),
      environment: { webhookSenders: JSON.stringify(settings.webhooks.senders) },
      permissions: [
        { actions: ['kinesis:PutRecords'], resources: STREAMS.map((name) => names.streamArn(name)) },
        ...settings.webhooks.senders.map(({ name }) => ({
          actions: ['secretsmanager:GetSecretValue'],
          resources: [`${names.arn('secretsmanager', `secret:${webhookSecretName({ name })}`)}-??????`],
        })),
      ],
    });
    const api = new HttpApi(this, 'Api', {
      apiName: 'tributary-webhook',
      description: 'Takes in signed records: POST /webhooks/<sender>/<source>',
      createDefaultStage: false,
    });
    const routes = api.addRoutes({
      path: '/webhooks/{sender}/{source}',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Webhook', webhook.function),
    });
    for (const route of routes) {
      acknowledge(route, 'AwsSolutions-APIG4', 'Senders are other companies’ systems: each call is signed instead');
    }
    this.stage(api, settings);
    const url = api.apiEndpoint;
    new StringParameter(this, 'Url', {
      parameterName: WEBHOOK_URL_PARAMETER,
      description: 'Where the webhook listens',
      stringValue: url,
    });
    new CfnOutput(this, 'WebhookUrl', { value: url });
  }

  private secret(name: string, { protectData }: Settings): void {
    const secret = new Secret(this, `Secret-${name}`, {
      secretName: webhookSecretName({ name }),
      description: `What ${name} signs its calls with; while it is exchanged, the old and the new one in lines of their own`,
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy: protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(
      secret,
      'AwsSolutions-SMG4',
      'The sender has to be told each new one; the runbook says how to exchange it',
    );
  }

  private stage(api: HttpApi, { webhooks, logDays }: Settings): void {
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: webhooks.callsPerSecond, burstLimit: 2 * webhooks.callsPerSecond },
    });
    const log = new LogGroup(this, 'AccessLog', {
      logGroupName: '/aws/apigateway/tributary-webhook',
      retention: logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    if (stage.node.defaultChild instanceof CfnStage) {
      stage.node.defaultChild.accessLogSettings = { destinationArn: log.logGroupArn, format: ACCESS_LOG };
    }
  }
}
