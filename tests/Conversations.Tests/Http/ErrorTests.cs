using Conversations.Api.Errors;

namespace Conversations.Tests.Http;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("/v1/nope", "/nope")]
    [InlineData("/v1/Nope/%C3%BC/x%2Fy+z?Secret=1&x=%zz", "/Nope/%C3%BC/x%2Fy+z")]
    [InlineData("/v1/Conversations/CHnope?PageSize=2", "/Conversations/CHnope")]
    [InlineData("/v1/Conversations/no%20such%20one", "/Conversations/no%20such%20one")]
    [InlineData("/v1/Conversations/%41", "/Conversations/%41")]
    [InlineData(
        "/v1/Services/IS00000000000000000000000000000000/Conversations/x",
        "/Services/IS00000000000000000000000000000000/Conversations/x"
    )]
    [InlineData("/v1/Conversations/x/Participants/y", "/Conversations/x/Participants/y")]
    [InlineData("/v1/Conversations/x/Messages", "/Conversations/x/Messages")]
    [InlineData("/%761/Conversations/x", "/Conversations/x")]
    [InlineData("/v1", "/")]
    [InlineData("/v1x", "/v1x")]
    [InlineData("/v2/Conversations", "/v2/Conversations")]
    [InlineData("/nope?x=1", "/nope")]
    public async Task An_unknown_path_is_reported_as_sent_without_version_and_query(string path, string named)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        (await RawHttp.SendAsync(twilio, $"GET {path}")).Is(TwilioErrors.NotFound(named));
    }

    [Theory]
    [InlineData("PUT", "/v1/Conversations", "GET, POST")]
    [InlineData("PATCH", "/v1/Conversations/x", "DELETE, GET, POST")]
    [InlineData("DELETE", "/v1/Conversations", "GET, POST")]
    [InlineData("DELETE", "/v1/Conversations/x/Participants", "GET, POST")]
    [InlineData("PUT", "/v1/Conversations/x/Participants/y", "DELETE, GET, POST")]
    [InlineData("FOO", "/v1/Services/x/Conversations/y/Participants", "GET, POST")]
    [InlineData("TRACE", "/v1/Conversations", "GET, POST")]
    public async Task An_unsupported_method_is_refused_with_the_list_of_supported_ones(
        string method,
        string path,
        string allowed
    )
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        var answer = await twilio.SendAsync(new(method), path);

        answer.Is(TwilioErrors.MethodNotAllowed);
        Assert.Equal(allowed, string.Join(", ", answer.ContentHeaders.Allow.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task No_answer_is_a_redirect()
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);

        foreach (
            var path in new[]
            {
                "/v1/Conversations/",
                "/v1//Conversations",
                "//v1/Conversations",
                "/v1/",
                "/v1/Conversations/x/",
            }
        )
        {
            Assert.NotInRange((int)(await RawHttp.SendAsync(twilio, $"GET {path}")).Status, 300, 399);
        }
    }
}
