using System.Reflection;
using System.Text.Json.Nodes;
using Conversations.Api.Accounts;
using Conversations.Api.Wire;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.OpenApi;

/// <summary>
/// Describes the parameters that no action has: the chat service in the path and the header of webhooks. Examples of
/// path parameters name rows of the built-in account, so they are there only where that account is.
/// </summary>
internal sealed class OpenApiParameters(AccountDirectory accounts) : IOperationFilter
{
    private readonly bool hasBuiltInAccount = accounts.Find(AccountOptions.BuiltIn.Sid) == AccountOptions.BuiltIn;

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            if (parameter is { In: ParameterLocation.Path, Name: "ChatServiceSid" })
            {
                parameter.Description = "The SID of the Conversation Service.";
                parameter.Example = AccountOptions.BuiltIn.DefaultChatServiceSid;
            }

            if (!hasBuiltInAccount)
            {
                parameter.Example = null;
            }
        }

        if (context.MethodInfo.GetCustomAttribute<FiresWebhooksAttribute>() is not null)
        {
            (operation.Parameters ??= []).Add(WebhookHeader);
        }
    }

    private static OpenApiParameter WebhookHeader =>
        new()
        {
            Name = "X-Twilio-Webhook-Enabled",
            In = ParameterLocation.Header,
            Description = "true sends the events of this request to the webhooks. Without it no webhook is called.",
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [JsonValue.Create("true"), JsonValue.Create("false")],
            },
        };
}
