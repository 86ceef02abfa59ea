using System.Reflection;
using System.Text.Json.Nodes;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Tests.Conformance;

/// <summary>Every parameter has a highest size, the document says it, and the server refuses more.</summary>
public sealed class ParameterLimitTests
{
    private const string InPath = "Conversations/{0}/Participants";

    [Fact]
    public async Task Each_text_of_a_form_has_a_limit_or_a_list_of_its_values()
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        var forms = typeof(TwilioErrors)
            .Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false, IsGenericType: false })
            .SelectMany(type => type.GetInterfaces())
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IValidator<>))
            .Distinct();

        List<string> without = [];
        foreach (var form in forms)
        {
            var limits = RuleLimits.Of((IValidator)server.Services.GetService(form)!).ToList();
            without.AddRange(
                TextsOf(form.GenericTypeArguments[0], "")
                    .Where(text => !NeededFor(text.Type).All(kind => Has(limits, text.Name, kind)))
                    .Select(text => $"{form.GenericTypeArguments[0].Name}: {text.Name}")
            );
        }

        Assert.Empty(without);

        static bool Has(List<(string Parameter, ILimit Limit)> limits, string name, LimitKind kind) =>
            limits.Exists(limit =>
                limit.Parameter == name
                && (limit.Limit.Kind == kind || (kind, limit.Limit.Kind) == (LimitKind.Characters, LimitKind.Bytes))
            );
    }

    [Fact]
    public async Task The_document_has_the_limit_of_each_text()
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        Assert.Empty(
            (await ServedOperation.AllAsync(twilio.Server.Address)).SelectMany(operation =>
                operation
                    .Schemas.Where(parameter => !IsLimited(parameter.Value))
                    .Select(parameter => $"{operation.Id} {parameter.Key}")
            )
        );

        static bool IsLimited(JsonNode schema) =>
            schema["type"]!.GetValue<string>() switch
            {
                "array" => schema["maxItems"] is not null && IsLimited(schema["items"]!),
                "string" => (schema["maxLength"] ?? schema["enum"]) is not null,
                _ => true,
            };
    }

    /// <summary>The document announces each error, or <see cref="Twilio.SendAsync"/> fails.</summary>
    [Theory, OnEachStore]
    public async Task A_text_beyond_its_limit_is_refused(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var rows = await SampleRows.MakeAsync(
            twilio.GetAsync,
            twilio.PostAsync,
            new("limit", "limit"),
            twilio.ChatServiceSid
        );

        foreach (var operation in await ServedOperation.AllAsync(twilio.Server.Address))
        {
            var path = operation.PathOf(operation.Named.Select(rows.SidOf));
            await Assert.AllAsync(
                operation.Schemas.Select(parameter => (Name: parameter.Key, Schema: parameter.Value)),
                async parameter =>
                {
                    var isList = parameter.Schema["type"]!.GetValue<string>() == "array";
                    var schema = isList ? parameter.Schema["items"]! : parameter.Schema;
                    if (schema["maxLength"] is not { } length)
                    {
                        return;
                    }

                    var tooLong = Of(parameter.Name, length.GetValue<int>() + 1);
                    await RefuseAsync([(parameter.Name, tooLong)]);
                    if (isList)
                    {
                        var tooMany = parameter.Schema["maxItems"]!.GetValue<int>() + 1;
                        await RefuseAsync([
                            .. Enumerable.Range(0, tooMany).Select(i => (parameter.Name, ListItem(parameter.Name, i))),
                        ]);
                    }

                    async Task RefuseAsync((string Name, string Value)[] given)
                    {
                        var form = operation.FormOf(rows.Sample) ?? [];
                        var others = form.Where(field => field.Name != parameter.Name);
                        var answer = operation.IsForm
                            ? await twilio.PostAsync(path, [.. others, .. given])
                            : await twilio.GetAsync($"{path}?{parameter.Name}={given[0].Value}");
                        Assert.Contains((int)answer.Status, (int[])[400, 404]);
                    }
                }
            );
        }
    }

    [Theory]
    [OnEachStore(nameof(TwilioErrors.InvalidBindingType), "MessagingBinding.Type", 257)]
    [OnEachStore(nameof(TwilioErrors.InvalidBindingLevel), "MessagingBinding.Level", 3)]
    [OnEachStore(nameof(TwilioErrors.InvalidBindingName), "MessagingBinding.Name", 257)]
    public async Task Undocumented_parameters_of_an_email_participant_have_limits(
        Store store,
        string error,
        string name,
        int length
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var path = InPath.Replace("{0}", await twilio.NewConversationAsync(), StringComparison.Ordinal);

        (
            await twilio.PostAsync(path, ("MessagingBinding.Address", "a@example.com"), (name, new string('a', length)))
        ).Is(error);
    }

    [Theory, OnEachStore]
    public async Task Limits_that_Twilio_does_not_document_have_our_own_errors(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var text = new string('\u4e00', 257);
        (string, string)[] role = [("FriendlyName", "role"), ("Type", "conversation")];
        var webhooks = $"Conversations/{await twilio.NewConversationAsync()}/Webhooks";
        (string, string)[] trigger = [("Target", "trigger"), ("Configuration.Url", "http://example.com/")];

        (await twilio.PostAsync("Conversations", ("Bindings.Email.Address", text))).Is(
            TwilioErrors.InvalidEmailAddress
        );
        (await twilio.PostAsync("Conversations", ("Bindings.Email.Name", text))).Is(TwilioErrors.InvalidEmailName);
        (await twilio.PostAsync("Roles", [.. role, .. Enumerable.Repeat(("Permission", "sendMessage"), 101)])).Is(
            TwilioErrors.InvalidPermission
        );
        (
            await twilio.PostAsync("Roles", [.. role, .. Enumerable.Repeat(("Permission", "sendMessage"), 100)])
        ).Created();
        (
            await twilio.PostAsync(
                webhooks,
                [.. trigger, .. Enumerable.Range(0, 6).Select(i => ("Configuration.Triggers", $"word {i}"))]
            )
        ).Is(TwilioErrors.ConversationWebhookTriggerLimit);
        (
            await twilio.PostAsync(
                webhooks,
                [
                    .. trigger,
                    ("Configuration.Triggers", ""),
                    .. Enumerable.Range(0, 5).Select(i => ("Configuration.Triggers", $"word {i}")),
                ]
            )
        ).Created();
    }

    /// <summary>Zeros and spaces do not make a duration of any length.</summary>
    [Theory]
    [OnEachStore("PT{0}10M")]
    [OnEachStore("PT600.{0}S")]
    [OnEachStore("{1}PT10M")]
    public async Task A_timer_has_a_limited_length(Store store, string format)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var timer = format
            .Replace("{0}", new('0', 100), StringComparison.Ordinal)
            .Replace("{1}", new(' ', 100), StringComparison.Ordinal);

        (await twilio.PostAsync("Conversations", ("Timers.Closed", timer))).Is(TwilioErrors.InvalidClosedTimer);
        (await twilio.PostAsync("/v1/Configuration", ("DefaultInactiveTimer", timer))).Is(
            TwilioErrors.InvalidInactiveTimer
        );
    }

    private static LimitKind[] NeededFor(Type type) =>
        type == typeof(string) ? [LimitKind.Characters] : [LimitKind.Items, LimitKind.ItemCharacters];

    private static IEnumerable<(string Name, Type Type)> TextsOf(Type form, string prefix) =>
        form.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .SelectMany(property =>
                property.PropertyType == typeof(string) || property.PropertyType == typeof(IReadOnlyList<string>)
                    ? property.GetCustomAttribute<DocumentedAttribute>()
                        is { Values: not null }
                            or { Type: "integer" or "boolean" }
                        ? []
                        : [(prefix + property.Name, property.PropertyType)]
                    : TextsOf(property.PropertyType, $"{prefix}{property.Name}.")
            );

    private static string Of(string name, int length) =>
        name.EndsWith("Attributes", StringComparison.Ordinal) ? $"\"{new string('a', length - 2)}\""
        : name.EndsWith("Url", StringComparison.Ordinal) ? $"http://example.com/{new string('a', length - 19)}"
        : new('a', length);

    private static string ListItem(string name, int number) =>
        name.EndsWith("Permission", StringComparison.Ordinal) ? "addParticipant"
        : name.EndsWith("Filters", StringComparison.Ordinal) ? "onParticipantAdded"
        : $"word {number}";
}
