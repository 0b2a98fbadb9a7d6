using System.Security.Cryptography;
using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Tests.Artifacts;

public sealed class S3ArtifactStoreTests : ArtifactStoreContract, IClassFixture<S3Server>, IDisposable
{
    private readonly S3ArtifactStore store;
    private readonly S3Settings settings;

    public S3ArtifactStoreTests(S3Server server)
    {
        settings = new S3Settings(S3Server.Bucket, Path($"tests/é {RandomNumberGenerator.GetHexString(16)}"), server.Endpoint, S3Server.Key, S3Server.Key);
        store = new S3ArtifactStore(settings);
    }

    protected override IArtifactStore Store => store;

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task A_file_of_several_parts_goes_up_and_down()
    {
        const int megabytes = 40; // eight parts of 5 MiB, S3's smallest
        byte[] block = RandomNumberGenerator.GetBytes(1 << 20);
        await Store.WriteAsync(Path("big"), new Repeated(block, megabytes), Cancel);
        await using ArtifactContent content = await Store.OpenAsync(Path("big"), null, Cancel);
        Assert.Equal((long)megabytes << 20, content.Length);
        byte[] read = new byte[block.Length];
        for (int i = 0; i < megabytes; i++)
        {
            await content.Stream.ReadExactlyAsync(read, Cancel);
            Assert.True(block.AsSpan().SequenceEqual(read), $"megabyte {i}");
        }

        Assert.Equal(0, await content.Stream.ReadAsync(read, Cancel));
    }

    [Fact]
    public async Task Wrong_keys_and_a_bucket_that_is_not_there_are_the_servers_fault_and_say_no_secret()
    {
        foreach (S3Settings wrong in (S3Settings[])[settings with { AccessKey = "another", SecretKey = "tell-nobody" }, settings with { Bucket = "nothing-here" }])
        {
            using var other = new S3ArtifactStore(wrong);

            MlflowException put = await Assert.ThrowsAsync<MlflowException>(() => other.WriteAsync(Path("a"), new MemoryStream([1]), Cancel));
            MlflowException list = await Assert.ThrowsAsync<MlflowException>(() => other.ListAsync(Path("a"), Cancel));

            Assert.Equal([ErrorCode.InternalError, ErrorCode.InternalError], [put.Code, list.Code]);
            Assert.DoesNotContain("tell-nobody", put + wrong.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_storage_that_is_away_is_temporarily_unavailable()
    {
        using var other = new S3ArtifactStore(settings with { Endpoint = new Uri("http://127.0.0.1:1") });
        foreach (Func<Task> call in (Func<Task>[])
            [() => other.OpenAsync(Path("a"), null, Cancel), () => other.WriteAsync(Path("a"), new MemoryStream([1]), Cancel), () => other.ListAsync(Path("a"), Cancel), () => other.DeleteAsync(Path("a"), Cancel)])
        {
            Assert.Equal(ErrorCode.TemporarilyUnavailable, (await Assert.ThrowsAsync<MlflowException>(call)).Code);
        }
    }

    [Fact]
    public void Addresses_below_the_prefix_are_found()
    {
        Assert.Equal("1/a b", store.Locate($"{settings}/1/a b")!.Value.Value);
        Assert.True(store.Locate(settings.ToString())!.Value.IsRoot);
        Assert.Null(store.Locate($"{settings}x/1"));
        Assert.Null(store.Locate("s3://artifacts"));
        Assert.Null(store.Locate("/data/1"));
    }

    [Fact]
    public void Settings_come_from_the_variables_that_MLflow_reads()
    {
        var variables = new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "k", ["AWS_SECRET_ACCESS_KEY"] = "s", ["MLFLOW_S3_ENDPOINT_URL"] = "http://localhost:9000" };

        Assert.Equal(new S3Settings("b", Path("x/y"), new Uri("http://localhost:9000"), "k", "s"), S3Settings.Read("s3://b/x/y", variables.GetValueOrDefault));
        variables["AWS_DEFAULT_REGION"] = "eu-west-3";
        variables.Remove("MLFLOW_S3_ENDPOINT_URL");
        Assert.Equal(new S3Settings("b", ArtifactPath.Root, new Uri("https://s3.eu-west-3.amazonaws.com"), "k", "s", null, "eu-west-3"), S3Settings.Read("s3://b", variables.GetValueOrDefault));
        foreach (string wrong in (string[])["b", "http://b", "s3://", "s3:///x", "s3://b/../x"]) Assert.Throws<StoreException>(() => S3Settings.Read(wrong, variables.GetValueOrDefault));
        variables["MLFLOW_S3_ENDPOINT_URL"] = "file:///etc";
        Assert.Throws<StoreException>(() => S3Settings.Read("s3://b", variables.GetValueOrDefault));
        StoreException missing = Assert.Throws<StoreException>(() => S3Settings.Read("s3://b", _ => null));
        Assert.Contains("AWS_ACCESS_KEY_ID", missing.Message, StringComparison.Ordinal);
    }

    /// <summary>A block again and again, in readings of odd sizes, as a connection gives them.</summary>
    private sealed class Repeated(byte[] block, int times) : Stream
    {
        private long position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int at = (int)(position % block.Length);
            int size = (int)Math.Min(Math.Min(count, 9973), Math.Min(block.Length - at, (long)block.Length * times - position));
            block.AsSpan(at, size).CopyTo(buffer.AsSpan(offset));
            position += size;
            return size;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
