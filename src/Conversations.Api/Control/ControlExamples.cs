using System.Text.Json.Nodes;
using Conversations.Api.Accounts;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Conversations.Api.Control;

/// <summary>
/// Fills in paths and bodies of /control, so that Swagger UI can try an operation out with what it shows. A path names
/// what the built-in account has, so its examples are there only where that account is.
/// </summary>
internal sealed class ControlExamples(AccountDirectory accounts) : IOperationFilter
{
    private const string Phone = "+15558675310";

    private const string Checkpoint = "prepared";

    private static readonly Dictionary<string, string> Paths = new(StringComparer.Ordinal)
    {
        ["sid"] = AccountOptions.BuiltIn.Sid,
        ["name"] = Checkpoint,
        ["address"] = Phone,
    };

    private readonly bool hasBuiltInAccount = accounts.Find(AccountOptions.BuiltIn.Sid) == AccountOptions.BuiltIn;

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            if (hasBuiltInAccount && parameter is { In: ParameterLocation.Path, Name: { } name })
            {
                parameter.Example = Paths.GetValueOrDefault(name);
            }
        }

        if (BodyOf(operation.OperationId) is { } body && operation.RequestBody?.Content is { } content)
        {
            foreach (var media in content.Values)
            {
                media.Example = body.DeepClone();
            }
        }
    }

    private static JsonObject? BodyOf(string? operationId) =>
        operationId switch
        {
            "CreateAccount" => new() { ["seed"] = 42 },
            "CreateCheckpoint" => new() { ["name"] = Checkpoint },
            "FreezeClock" => new() { ["at"] = "2030-01-02T03:04:05Z" },
            "AdvanceClock" => new() { ["by"] = "P10D" },
            "RunClock" => new() { ["reset"] = true },
            "CreateFault" => new()
            {
                ["operation"] = "ListConversation",
                ["code"] = 20503,
                ["times"] = 1,
            },
            "CreateInbound" => new()
            {
                ["from"] = Phone,
                ["to"] = "+15017122661",
                ["body"] = "Hello",
            },
            _ => null,
        };
}
