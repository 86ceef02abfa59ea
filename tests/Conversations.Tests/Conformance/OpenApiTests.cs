using Conversations.Tests.Support;

namespace Conversations.Tests.Conformance;

/// <summary>The served document: against Twilio's own in every name, and as what Swagger UI shows.</summary>
public sealed class OpenApiTests
{
    [Theory]
    [OnEachStore("text/json")]
    [OnEachStore("application/xml")]
    [OnEachStore("text/html, */*;q=0.1")]
    public async Task Answers_are_JSON_whatever_is_accepted(Store store, string accept)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        twilio.Http.DefaultRequestHeaders.Add("Accept", accept);

        Assert.Equal("application/json", (await twilio.GetAsync("Configuration")).Ok().ContentHeaders.ContentType?.ToString());
    }
}
