using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.TestSupport;

/// <summary>An answer of the server.</summary>
public sealed record Answer(
    HttpStatusCode Status,
    string Text,
    HttpResponseHeaders Headers,
    HttpContentHeaders ContentHeaders
)
{
    private JsonNode? body;

    public JsonNode Body => body ??= JsonNode.Parse(Text)!;

    /// <summary>The participant's messaging_binding as sent; the text null without one.</summary>
    public string MessagingBinding => Body["messaging_binding"]?.ToJsonString(TwilioJson.Options) ?? "null";

    /// <summary>A text member. Fails when it is missing or of another type.</summary>
    public string this[string member] => Body[member]!.GetValue<string>();

    /// <summary>A member that is a date, in UTC.</summary>
    public DateTime Date(string member) => DateTimeOffset.Parse(this[member], CultureInfo.InvariantCulture).UtcDateTime;

    public Answer Created() => Expect(HttpStatusCode.Created);

    public Answer Accepted() => Expect(HttpStatusCode.Accepted);

    public Answer Ok() => Expect(HttpStatusCode.OK);

    public Answer NoContent()
    {
        Assert.Equal("", Text);
        return Expect(HttpStatusCode.NoContent);
    }

    /// <summary>
    /// Fails unless the answer is exactly this error: the status, and a body of code, message, more_info and status.
    /// </summary>
    public void Is(TwilioError error)
    {
        Assert.Equal(
            $$"""
            {"code":{{error.Code}},"message":{{JsonSerializer.Serialize(error.Message, TwilioJson.Options)}},
            "more_info":"https://www.twilio.com/docs/errors/{{error.Code}}","status":{{error.Status}}}
            """.ReplaceLineEndings(""),
            Text
        );
        Assert.Equal(error.Status, (int)Status);
        Assert.Equal("application/json", ContentHeaders.ContentType?.ToString());
    }

    /// <summary>The same with the name of the entry in <see cref="TwilioErrors"/>, for tables.</summary>
    public void Is(string entry) => Is((TwilioError)typeof(TwilioErrors).GetField(entry)!.GetValue(null)!);

    /// <summary>The body with all SIDs and dates masked, for comparing whole bodies.</summary>
    public string Masked => Masks.Mask(Text);

    private Answer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Text}");
        return this;
    }
}
