using Conversations.Api.Errors;

namespace Conversations.Tests.Http;

public sealed class FormTests
{
    [Theory]
    [OnEachStore(3000, 2)]
    [OnEachStore(1, 5000)]
    public async Task Unknown_parameters_are_ignored_in_any_number_and_length(Store store, int count, int length)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();
        var unknown = Enumerable.Range(0, count).Select(i => ($"{new string('x', length)}{i}", "1"));

        (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", [.. unknown, ("Identity", "alice")])
        ).Created();
    }

    private const string FormType = "Content-Type: application/x-www-form-urlencoded";

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8")]
    [InlineData("application/x-www-form-urlencoded;charset=UTF-8")]
    [InlineData("application/x-www-form-urlencoded; charset=\"utf-8\"")]
    [InlineData("APPLICATION/X-WWW-Form-UrlEncoded;CHARSET=Utf-8")]
    [InlineData("application/x-www-form-urlencoded; charset=nonsense")]
    [InlineData("application/x-www-form-urlencoded; charset=iso-8859-1")]
    [InlineData("application/x-www-form-urlencoded; x")]
    public async Task A_form_is_read_with_any_spelling_of_its_type(string contentType)
    {
        var (twilio, participants) = await NewConversationAsync(Store.Sqlite);

        Assert.Equal(
            "älice",
            (
                await RawHttp.SendAsync(
                    twilio,
                    $"POST {participants}",
                    "Identity=%C3%A4lice",
                    $"Content-Type: {contentType}"
                )
            ).Created()["identity"]
        );
    }

    [Fact]
    public async Task A_multipart_form_is_read()
    {
        var (twilio, participants) = await NewConversationAsync(Store.Sqlite);
        using MultipartFormDataContent form = new() { { new StringContent("älice"), "Identity" } };

        Assert.Equal("älice", (await twilio.SendAsync(HttpMethod.Post, participants, form)).Created()["identity"]);
    }

    [Theory]
    [InlineData("Content-Type: application/json", "{\"Identity\":\"alice\"}")]
    [InlineData("Content-Type: application/json", "{")]
    [InlineData("Content-Type: text/plain", "Identity=alice")]
    [InlineData("Content-Type: application/xml", "<Identity>alice</Identity>")]
    [InlineData("Content-Type: application/octet-stream", "Identity=alice")]
    [InlineData("Content-Type: application/x-www-form-urlencoded, application/json", "Identity=alice")]
    [InlineData("Content-Type: rubbish", "Identity=alice")]
    [InlineData("Content-Type: ;;;", "Identity=alice")]
    [InlineData("Content-Type:", "Identity=alice")]
    [InlineData("X-Type: none", "Identity=alice")]
    [InlineData("X-Type: none", "")]
    [InlineData("X-Type: none", null)]
    [InlineData(FormType, "")]
    [InlineData(FormType, null)]
    public async Task A_body_that_is_not_a_form_has_no_parameters(string contentType, string? body)
    {
        var (twilio, participants) = await NewConversationAsync(Store.Sqlite);
        await twilio.PostAsync(participants, ("Identity", "bob"), ("Attributes", "[1]"));

        (await RawHttp.SendAsync(twilio, $"POST {participants}", body, contentType)).Is(
            TwilioErrors.IdentityNotProvided
        );

        var updated = (await RawHttp.SendAsync(twilio, $"POST {participants}/bob", body, contentType)).Ok();
        Assert.Equal(("bob", "[1]"), (updated["identity"], updated["attributes"]));
        (await RawHttp.SendAsync(twilio, "POST /v1/Conversations", body, contentType)).Created();
    }

    [Theory, OnEachStore]
    public async Task A_body_may_be_chunked(Store store)
    {
        var (twilio, participants) = await NewConversationAsync(store);
        using HttpRequestMessage request = new(HttpMethod.Post, participants)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("Identity", "alice")]),
        };
        request.Headers.TransferEncodingChunked = true;

        using var response = await twilio.Http.SendAsync(request);

        Assert.Equal(201, (int)response.StatusCode);
    }

    [Theory]
    [OnEachStore("a+b", "a b")]
    [OnEachStore("a%20b", "a b")]
    [OnEachStore("a%2Bb", "a+b")]
    [OnEachStore("a%2bb", "a+b")]
    [OnEachStore("%C3%BC%F0%9F%98%80", "ü😀")]
    [OnEachStore("a%26b%3Dc", "a&b=c")]
    [OnEachStore("a=b", "a=b")]
    [OnEachStore("a;b", "a;b")]
    [OnEachStore("a%2520b", "a%20b")]
    [OnEachStore("%20a%09", " a\t")]
    public async Task A_value_is_decoded_once(Store store, string sent, string meant)
    {
        var (twilio, participants) = await NewConversationAsync(store);

        var created = (await RawHttp.SendAsync(twilio, $"POST {participants}", $"Identity={sent}", FormType)).Created();
        Assert.Equal(meant, created["identity"]);
        Assert.Equal(meant, (await twilio.GetAsync($"{participants}/{created["sid"]}")).Ok()["identity"]);
    }

    [Theory]
    [InlineData("Identity=bob&Attributes=")]
    [InlineData("Identity=bob&Attributes")]
    [InlineData("Identity=bob&Attributes&DateCreated&DateUpdated=&RoleSid&MessagingBinding.ProjectedAddress")]
    [InlineData("&&Identity=bob&&=&=x&")]
    public async Task A_name_without_a_value_counts_as_absent(string body)
    {
        var (twilio, participants) = await NewConversationAsync(Store.Sqlite);

        var created = (await RawHttp.SendAsync(twilio, $"POST {participants}", body, FormType)).Created();

        Assert.Equal("{}", created["attributes"]);
        Assert.Equal(created["date_created"], created["date_updated"]);
    }

    [Theory, OnEachStore]
    public async Task An_update_with_names_without_values_changes_only_dates(Store store)
    {
        var (twilio, participants) = await NewConversationAsync(store);
        var before = (
            await twilio.PostAsync(participants, ("Identity", "bob"), ("DateCreated", "2020-01-02T03:04:05Z"))
        ).Created();

        var after = (
            await RawHttp.SendAsync(
                twilio,
                $"POST {participants}/bob",
                "Identity&RoleSid=&DateCreated&LastReadMessageIndex=&LastReadTimestamp",
                FormType
            )
        ).Ok();

        Assert.Equal(
            (before["identity"], before["role_sid"], before["date_created"]),
            (after["identity"], after["role_sid"], after["date_created"])
        );
        Assert.Null(after.Body["last_read_message_index"]);
    }

    [Theory, OnEachStore]
    public async Task The_last_value_of_a_repeated_parameter_counts(Store store)
    {
        var (twilio, participants) = await NewConversationAsync(store);

        Assert.Equal(
            "bob",
            (await twilio.PostAsync(participants, ("Identity", "alice"), ("Identity", "bob"))).Created()["identity"]
        );
        Assert.Equal(
            4,
            (int)(await twilio.GetAsync($"{participants}?PageSize=2&PageSize=4")).Ok().Body["meta"]!["page_size"]!
        );
        Assert.Equal(
            4,
            (int)
                (await twilio.GetAsync($"{participants}?PageSize=nonsense&PageSize=4")).Ok().Body["meta"]!["page_size"]!
        );
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("IDENTITY")]
    [InlineData("Identity.")]
    [InlineData("Identity[]")]
    [InlineData("form.Identity")]
    [InlineData("MessagingBinding[Address]")]
    [InlineData("MessagingBinding.address")]
    public async Task A_parameter_name_in_another_case_is_ignored(string name)
    {
        var (twilio, participants) = await NewConversationAsync(Store.Sqlite);

        (await twilio.PostAsync(participants, (name, "+15005550001"))).Is(TwilioErrors.IdentityNotProvided);
    }

    [Fact]
    public async Task A_form_parameter_in_the_query_is_ignored()
    {
        var (twilio, participants) = await NewConversationAsync(Store.Sqlite);

        (await twilio.PostAsync($"{participants}?Identity=alice")).Is(TwilioErrors.IdentityNotProvided);
    }

    private static async Task<(Twilio Twilio, string Participants)> NewConversationAsync(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        return (twilio, $"/v1/Conversations/{await twilio.NewConversationAsync()}/Participants");
    }
}
