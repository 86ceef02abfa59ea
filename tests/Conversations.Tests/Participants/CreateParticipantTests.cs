using Conversations.Api.Http;
using Conversations.Tests.Support;

namespace Conversations.Tests.Participants;

public sealed class CreateParticipantTests
{
    [Theory, Everywhere]
    public async Task Create_with_an_identity_makes_a_chat_participant(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();

        var answer = (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))).Created();

        var service = shape == Shape.Service ? "\"chat_service_sid\":\"ISx\"," : "";
        var path = shape == Shape.Service ? "/v1/Services/ISx" : "/v1";
        Assert.Equal(
            $$"""{"account_sid":"ACx",{{service}}"conversation_sid":"CHx","sid":"MBx","identity":"alice","attributes":"{}","messaging_binding":null,"role_sid":"RLx","date_created":"DATE","date_updated":"DATE","url":"HOST{{path}}/Conversations/CHx/Participants/MBx","last_read_message_index":null,"last_read_timestamp":null}""",
            answer.Masked);
        Assert.Equal(twilio.AccountSid, answer["account_sid"]);
        Assert.Equal(conversation, answer["conversation_sid"]);
    }

    [Theory, Everywhere]
    public async Task Create_with_an_identity_that_is_in_the_conversation_is_refused(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();
        await twilio.NewParticipantAsync(conversation, ("Identity", "alice"));

        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"))).Is(TwilioErrors.ParticipantExists);
    }

    [Theory]
    [OnEachStore("Attributes", "{")]
    [OnEachStore("Attributes", "nonsense")]
    public async Task Create_with_attributes_that_are_not_JSON_is_refused(Store store, string name, string value)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        (await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "alice"), (name, value))).Is(TwilioErrors.AttributesNotJson);
    }
}
